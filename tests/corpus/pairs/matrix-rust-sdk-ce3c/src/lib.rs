//! The handling of a sync response is a chain of async functions that each keep an event, or a copy of one, of a kilobyte
//! or two while they await the next: what awaits them all had to have room for the sum. The repair boxes the inner
//! futures on the way.

pub mod buggy;
pub mod fixed;
