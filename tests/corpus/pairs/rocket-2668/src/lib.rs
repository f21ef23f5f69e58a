//! An upload that was small enough to be kept in memory was persisted by a `write_all` to a `tokio::fs::File` that was
//! dropped at the end of the block: whoever read the path right after found an empty file. The repair writes with
//! `tokio::fs::write`, which is done when it says so.

pub mod buggy;
pub mod fixed;
