//! A test entered a span for what it logs and awaited the start of a source and a sleep under it: what the source's task
//! logged meanwhile was in that span too. It passed because a test's runtime has one thread. The repair drops the guard
//! before each await and enters the span again behind it; the guard of the nested span ends with its block.

pub mod buggy;
pub mod fixed;
