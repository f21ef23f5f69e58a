//! A proxy checked passwords by playing a SCRAM exchange with itself, in a function that is not async, two calls below the
//! task of a connection. One step of it, `ScramSha256::update`, hashes the password thousands of times (PBKDF2), and all
//! connections of the thread waited for that. The repair makes the functions on the way async and runs that step alone in
//! `spawn_blocking`. How long it takes says no compiler: the rule knows the function from its table and makes it a note.

pub mod buggy;
pub mod fixed;
