//! A timeout around the read of a message, itself an arm of `select!`, dropped what was read of a message when
//! nothing came for a while. The next read took the rest of it for the head of a message, with a length out of
//! nowhere. The repair keeps what was read of a message outside of the future.

pub mod buggy;
pub mod fixed;
