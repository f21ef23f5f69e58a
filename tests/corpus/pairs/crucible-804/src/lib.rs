//! A request was paid for in one lock after the other before it was popped: first its bytes were booked, then the
//! lock of the operations was awaited. The `select!` that dropped the future there left the bytes booked and the
//! request in the queue, to be paid for again. The repair takes all locks first and works on what they guard in a
//! function without awaits.

pub mod buggy;
pub mod fixed;
