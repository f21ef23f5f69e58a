//! What a child process prints was written to a file by a spawned task that owned the file, and the file was dropped with
//! the task when the child had closed its output: the task's handle said that all was done before it was. The repair
//! flushes when the output ends.

pub mod buggy;
pub mod fixed;
