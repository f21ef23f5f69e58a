//! The manager took the connection out of its field and then waited for the connection's task to end. The shutdown
//! that dropped this step found the field empty and waited for nothing: the task went on after the timeline was gone.
//! The repair hands the token into the step, which stops at places of its own choosing and is not dropped any more.

pub mod buggy;
pub mod fixed;
