//! A report took the state of its update out of the table, left `Invalid` in its place and put the next state back
//! behind an await. The HTTP server drops a handler whose client goes away: the update stayed `Invalid`, and the next
//! report ran into `unreachable!`. The repair uses a channel without bound, so that there is no await between the
//! two.

pub mod buggy;
pub mod fixed;
