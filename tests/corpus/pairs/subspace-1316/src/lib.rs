//! Two arms of a `select!` put work into a bounded channel whose other end was a third arm of the same `select!`. Once the
//! channel was full the body of an arm waited for room that only its own loop could make, for ever. The repair takes the
//! receiver into a task of its own.

pub mod buggy;
pub mod fixed;
