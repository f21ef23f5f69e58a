//! Async commands waited for a transaction by a function that is not async and blocks on each request with the runtime's
//! handle: a runtime does not let its own thread do that, and the command panicked. The repair makes the function async.

pub mod buggy;
pub mod fixed;
