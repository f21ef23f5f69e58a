//! Events of several accounts were received by a function that tried each account's channel in turn and returned `Pending`
//! when all were empty, without ever looking at its context: nothing woke the task, and the event loop stopped after a few
//! events. The repair merges the channels with `select_all`.

pub mod buggy;
pub mod fixed;
