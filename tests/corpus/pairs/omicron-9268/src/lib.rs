//! A collection was polled by reference in a `select!`, and the arm of the timer asked the database whether to go on. Both
//! claim a connection through the same bounded channel. Where the collection stood first in the queue for it when the timer
//! fired, the place that became free was kept for a future that nobody polled until the arm was done, which waited behind
//! it: the whole program ran out of connections ("futurelock", RFD 609). The repair makes the check a future of its own, so
//! that both are polled until one is done and no arm awaits.

pub mod buggy;
pub mod fixed;
