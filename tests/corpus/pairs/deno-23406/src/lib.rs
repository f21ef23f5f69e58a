//! A port listened for messages with its receiver borrowed, for as long as none came. A script that asked the same port for
//! a message at once borrowed it too and panicked; that the first borrow was a `try_borrow_mut` only helped the second
//! listener. The repair polls by hand and borrows the receiver for each poll alone.

pub mod buggy;
pub mod fixed;
