//! A timer's task called what is to be done in every slot, and that was given a call of fork choice, which may end in
//! `Runtime::block_on`: the task panicked. Chain and timer are generic, so no caller's types say which functions these are.
//! The repair has the work done by `spawn_blocking`, through a helper that is generic over the closure, and awaits it.

pub mod buggy;
pub mod fixed;
