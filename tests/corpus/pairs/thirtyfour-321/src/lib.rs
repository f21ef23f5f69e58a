//! A stream of events polled a `recv` of a broadcast channel that it made anew in each `poll_next`, and dropped it when it
//! was pending. The receiver's place among the waiters, and the waker in it, go with that future: an event that came later
//! woke nobody. The repair keeps the future from poll to poll, in a `BroadcastStream`.

pub mod buggy;
pub mod fixed;
