//! The task's handle was taken out of its field and then awaited: a `select!` that dropped the future in between left
//! the field empty, and every later call behaved as if the task had never been. The repair awaits through the field and
//! takes the handle when it is done.

pub mod buggy;
pub mod fixed;
