//! `recv` took a message from the stream and, when it said that the machine moved, connected to the new place before
//! it returned it. Users call it in a `select!` loop: dropped while connecting, the message and the move were lost,
//! and the console hung on the old machine. The repair returns the message at once; a second step works on it,
//! outside of the arm.

pub mod buggy;
pub mod fixed;
