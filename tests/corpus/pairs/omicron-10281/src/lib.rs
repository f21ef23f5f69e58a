//! The ticket of a port takes the lock of all ports in its `Drop`, to strike the port off. It was made while that lock was
//! held, by a guard declared before it: where the gateway of an address could not be set, `?` dropped the ticket first, and
//! the thread waited for itself. The repair holds the lock for the insertion alone.

pub mod buggy;
pub mod fixed;
