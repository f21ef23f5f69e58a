//! Counts since the start, and the file that they are saved to.

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use parking_lot::Mutex;
use shop_core::Cents;
use shop_core::protocol::Stats;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::shop::Shop;

const SAVE_EVERY: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(crate) struct Statistics {
    counts: Mutex<Stats>,
}

impl Statistics {
    pub(crate) fn count_request(&self) {
        self.counts.lock().requests += 1;
    }

    pub(crate) fn count_refusal(&self) {
        self.counts.lock().refused += 1;
    }

    pub(crate) fn count_order(&self, paid: Cents) {
        let mut counts = self.counts.lock();
        counts.orders += 1;
        counts.turnover = counts.turnover + paid;
    }

    pub(crate) fn now(&self) -> Stats {
        self.counts.lock().clone()
    }

    /// Saves the counts beside the old file and swaps the two, so that a reader never sees half a file.
    async fn save(&self, path: &Path) -> io::Result<()> {
        let counts = self.counts.lock();
        let json = serde_json::to_vec_pretty(&*counts)?;
        let fresh = path.with_extension("new");
        tokio::fs::write(&fresh, json).await?;
        tokio::fs::rename(&fresh, path).await
    }
}

/// Saves the counts now and then, and once more at the end.
pub(crate) async fn run(shop: Rc<Shop>, path: Option<PathBuf>, mut closed: watch::Receiver<bool>) {
    let Some(path) = path else { return };
    let mut ticks = tokio::time::interval(SAVE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let ending = tokio::select! {
            _ = ticks.tick() => false,
            _ = closed.changed() => true,
        };
        if let Err(error) = shop.statistics.save(&path).await {
            tracing::warn!(%error, path = %path.display(), "the figures could not be saved");
        }
        if ending {
            return;
        }
    }
}
