//! Orders from the supplier what is running low.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tracing::{info, info_span};

use crate::shop::Shop;

const LOW: u32 = 5;
const BATCH: u32 = 20;

pub(crate) async fn run(shop: Rc<Shop>, every: Duration, mut closed: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for round in 1_u64.. {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = closed.changed() => return,
        }
        restock(&shop, round).await;
        shop.quotes.refresh(&shop.supplier, &shop.catalogue).await;
        let waited_for = shop.watchers.sweep().await;
        tracing::debug!(round, waited_for, "done");
    }
}

async fn restock(shop: &Shop, round: u64) {
    let span = info_span!("restock", round);
    let _entered = span.enter();

    shop.stock().release_expired(Instant::now());
    let low = shop.stock().running_low(LOW);
    for sku in low {
        let quantity = shop.supplier.deliver(&sku, BATCH).await;
        shop.stock().receive(&sku, quantity);
        info!(%sku, quantity, "back on the shelf");
        shop.watchers.announce_delivery(&sku, quantity).await;
    }
}
