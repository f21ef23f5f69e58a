//! The loop made a new listener in each round and dropped it when another arm was first. While that arm's body
//! awaited, nobody listened: a stop that came then woke nobody, and the task ran for ever. The repair makes one
//! listener before the loop and polls it by reference.

pub mod buggy;
pub mod fixed;
