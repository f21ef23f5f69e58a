//! A token was polled for with a pause between the requests; the pause was a function of the caller's that returns a
//! future, and the future was dropped: the endpoint was asked in a tight loop. The compiler says nothing of a future
//! whose type is a parameter. The repair awaits it.

pub mod buggy;
pub mod fixed;
