//! The store and the updates of a light client hold a sync committee, 24 KiB of keys, by value, and were handed by value
//! through every layer of async functions down to the proof server: each layer's future kept them again, to more than
//! 100 KB. The repair boxes the inner futures where they are awaited.

pub mod buggy;
pub mod fixed;
