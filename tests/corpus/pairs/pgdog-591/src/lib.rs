//! A message was read byte by byte into a buffer that the client keeps, but where in the message the read was stood
//! in the future alone. A message of the server that came first dropped it, and the next read took the middle of the
//! query for its first byte. The repair lets the buffer say where the read is: it is filled with whatever comes, and
//! split when it has a whole message.

pub mod buggy;
pub mod fixed;
