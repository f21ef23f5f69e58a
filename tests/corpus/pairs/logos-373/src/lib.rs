//! The pool of connections kept a `parking_lot` lock while it connected to a peer. A second packet for any peer blocked its
//! thread on that lock, and with all threads blocked nobody was left to finish the connecting: a test network hung. The
//! guard went unnoticed because the feature `send_guard` lets it into a spawned future and clippy's lint was allowed. The
//! repair takes tokio's lock, and lets each packet have a task of its own.

pub mod buggy;
pub mod fixed;
