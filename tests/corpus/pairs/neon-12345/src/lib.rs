//! Whoever gets the lock works for all: it takes the jobs of the others out of the queue and awaits the work. A
//! session that ended dropped its call in the middle, and with it the jobs of the others, who waited for an answer
//! that could not come. The repair hands the wish to stop into the call, which looks at it only while it has not
//! taken anything.

pub mod buggy;
pub mod fixed;
