//! Making a connection started a task that sent a heartbeat for ever through the connection's own writer: when the
//! connection was dropped, the task, the writer and the socket behind it stayed. The repair cancels the task in `Drop`.

pub mod buggy;
pub mod fixed;
