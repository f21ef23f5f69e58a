//! A method that reads headers line by line and then the body was an arm of `select!` beside the commands: a command
//! that was first dropped lines and bytes that were already out of the pipe, and the stream was out of step for good.
//! The repair gives the reading to a task that owns the reader and passes whole messages on.

pub mod buggy;
pub mod fixed;
