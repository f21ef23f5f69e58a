//! The ticket of a port was made while the lock of all ports was held, and a failure to set a property of the link left the
//! block by `?`: the ticket was dropped before the guard, and its `Drop`, which hides the locking behind `release` and an
//! `Option`, waited for the lock that the same thread held. The repair makes the ticket before it takes the lock, so that
//! the guard is dropped first on every way out.

pub mod buggy;
pub mod fixed;
