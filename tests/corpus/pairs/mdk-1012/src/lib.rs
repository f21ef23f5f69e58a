//! A line of a client was read up to its end into a buffer of the future, beside the events that it had asked for: an
//! event that came first dropped half a line, and the rest was no message. It was found in a review and left as it
//! was; what it would take is a framed stream (`Framed`, `lines()`), which keeps what it has read.

pub mod buggy;
pub mod fixed;
