//! Requests of a connection were handled by a queue of futures that a `select!` polled. When the connection ended, the loop
//! was left and the clean-up awaited a permit of the same semaphore, while the queue was still alive and no longer polled:
//! it had been given the permit and never woke up to use it. The repair clears the queue first.

pub mod buggy;
pub mod fixed;
