//! An async function that told the execution engine of a new head called, where the engine refused it, a function that is not
//! async, and that led through fork choice to the blocking variant of the same update: `Runtime::block_on` in a thread of the
//! runtime, which panics. The repair runs the call in `spawn_blocking`.

pub mod buggy;
pub mod fixed;
