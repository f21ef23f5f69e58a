//! A download was copied into a `tokio::fs::File`, chunk by chunk, and the file was dropped at the end of the input: the
//! last write may still have been on its way when the path was handed to a reader of another thread, which saw a shorter
//! file. The repair flushes when the input ends.

pub mod buggy;
pub mod fixed;
