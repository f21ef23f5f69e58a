//! A heartbeat borrowed the map of sessions and awaited the writes to all of them under that borrow. A task of the same
//! thread that meanwhile entered a new connection, or took a broken one out, panicked (`BorrowMutError`). The repair clones
//! the sessions, which are handles, out of the map first.

pub mod buggy;
pub mod fixed;
