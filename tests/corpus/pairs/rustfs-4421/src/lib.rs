//! A status request took the lock of the workers and then that of the registry; shutting down and replacing the targets,
//! the latter in another type that shares both locks, took them the other way round. A status request during a reload
//! could stop both for ever. The repair takes the registry first everywhere.

pub mod buggy;
pub mod fixed;
