//! The state of a network's genesis was downloaded with `reqwest::blocking`, which runs a runtime of its own and panics in
//! async code in debug builds; in others it blocks the thread. Two async callers got there, three functions away: the
//! client's builder and a command that `block_on` runs. The repair takes the async client and makes all functions on the
//! way async; the command asks for the root alone, which needs no download.

pub mod buggy;
pub mod fixed;
