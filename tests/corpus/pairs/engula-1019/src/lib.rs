//! A watcher of updates kept the waker of the first poll that found nothing and no other one: when the stream had moved to
//! another task before it was woken, an update woke the task that did not wait any more. The repair keeps that of each poll.

pub mod buggy;
pub mod fixed;
