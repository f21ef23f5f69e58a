//! Services were made when they were first asked for, each by an async block that awaits the services it needs, handed to
//! a function that keeps the block twice, as an argument and where it is awaited: sizes doubled with each service on the
//! way, to more than 20 KB. The repair boxes the blocks that were too large.

pub mod buggy;
pub mod fixed;
