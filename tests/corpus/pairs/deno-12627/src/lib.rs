//! An op borrowed the state of all ops for as long as it ran, with the modules that it fetched meanwhile. The next op that
//! wanted to change the state, a timer that ended, panicked with a `BorrowMutError` and took the program with it. The repair
//! clones what the op needs out of the state, each in a block that ends its borrow.

pub mod buggy;
pub mod fixed;
