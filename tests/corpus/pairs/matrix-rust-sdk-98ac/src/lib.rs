//! A timeline started tasks that own a clone of its controller and end only when a channel of the client's is closed. Their
//! handles were kept in its drop handle, but a handle aborts its task only when it is told to: a dropped timeline lived on
//! with the client. The repair tells it to.

pub mod buggy;
pub mod fixed;
