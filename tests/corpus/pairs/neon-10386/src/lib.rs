//! A timeline's gate closes when all passes are back. The stage that read requests put the next batch, with a pass in its
//! handle, into the channel to the stage that answers, and that one was in a flush which a client that did not read held
//! up: a shutdown waited up to twenty minutes. The flush itself holds no pass, a message that waits for it does, and that
//! the client may not read is an agreement with another program. The repair queues a weak handle, which has no pass, and
//! upgrades it for the time of one batch.

pub mod buggy;
pub mod fixed;
