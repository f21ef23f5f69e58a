//! A request was worked on in an arm of `select!` beside the token that tears the connection down. When the token was
//! first, the work was dropped, and with it the answer that the client waits for. That each request has one answer is
//! an agreement of the two programs. The repair sends a failure in the token's arm.

pub mod buggy;
pub mod fixed;
