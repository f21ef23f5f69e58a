//! A function that replaces a file so that a crash leaves the old or the new one is async, but opens, writes, syncs and
//! renames with `std::fs`, partly in closures that a guard runs. Some callers ran its future in `spawn_blocking` with
//! `Handle::block_on`; others just awaited it, and their executor's thread stood still until the disk had it all. The repair
//! does the whole of it in one function that is not async, and that in `spawn_blocking`.

pub mod buggy;
pub mod fixed;
