//! A handler that is an async function was called for each message, by a macro that implements the trait for functions of
//! several parameters, and the future that it returned was dropped: the handler never ran. The repair spawns it.

pub mod buggy;
pub mod fixed;
