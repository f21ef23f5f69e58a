//! Records were written to a file or to the standard output through a `tokio::io::BufWriter` that a function had boxed as
//! `dyn AsyncWrite`: the last kilobytes, and of a short stream all of it, stayed in the buffer and went with it. The repair
//! flushes after each batch.

pub mod buggy;
pub mod fixed;
