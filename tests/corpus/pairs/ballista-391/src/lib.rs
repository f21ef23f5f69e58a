//! A registration was renewed by a loop in an async function that slept with `std::thread::sleep` between its rounds: a
//! worker of the runtime did nothing else for fifteen seconds, again and again. The repair sleeps with the runtime's timer.

pub mod buggy;
pub mod fixed;
