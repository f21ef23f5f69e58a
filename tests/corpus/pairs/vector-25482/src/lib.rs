//! A component's span was entered and its guard kept while the component's own `build` was awaited. What other tasks of the
//! thread logged meanwhile was recorded under this component, on the error path too, where `continue` ends the guard. The
//! repair has an async function of its own for the body of the loop and gives the span to its future (`instrument`), which
//! enters it with each poll and leaves it between two.

pub mod buggy;
pub mod fixed;
