//! An index was compressed through an encoder behind a `BufWriter` behind `dyn AsyncWrite`. `copy` flushes what it has
//! written, and nothing shut the encoder down: the end of the format was missing from every stored archive. The repair
//! keeps the encoder by name and shuts it down after the copy.

pub mod buggy;
pub mod fixed;
