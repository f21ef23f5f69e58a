//! The session was cloned out of the map, so that it could be awaited without the map being borrowed. But the borrow is a
//! temporary of what `if let` looks at, and lives until the end of the `if`, over the await in it: a session that was closed
//! meanwhile panicked on its way out of the map. The repair clones in a `match` whose arms await nothing.

pub mod buggy;
pub mod fixed;
