//! A service said that it was not ready while the queue of its compute jobs was full, and kept no waker: nobody wakes the
//! caller when a job is done. The repair answers with an error, which the caller can turn down the request with.

pub mod buggy;
pub mod fixed;
