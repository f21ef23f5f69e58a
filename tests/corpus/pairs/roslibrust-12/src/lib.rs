//! A client's constructor started a task with a clone of the client that reads, and connects again when that fails, for
//! ever: no client ever went away. The repair gives the task a `Weak` of what the clients share and ends it when the last of
//! them is gone.

pub mod buggy;
pub mod fixed;
