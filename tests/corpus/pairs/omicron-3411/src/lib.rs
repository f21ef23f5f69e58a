//! Between two consoles each message was moved into the future that sends it, and the future was an arm of the same
//! `select!` as the reads: when a read was first, the half-sent message was dropped with its future. The repair waits
//! for room in the arm, which loses nothing, and takes the message out of its buffer only in the arm's body.

pub mod buggy;
pub mod fixed;
