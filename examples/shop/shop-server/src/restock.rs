use std::rc::Rc;
use std::time::Duration;

use tracing::{info, info_span};

use crate::shop::Shop;

const LOW: u32 = 10;
const DELIVERY: u32 = 40;

/// The first delivery of the day, before the doors open.
pub async fn fill(shop: &Shop) {
    // assay: allow(async/guard-held-across-await): nobody else has the shop before the doors open
    let mut stock = shop.stock.lock();
    for name in stock.running_low(LOW) {
        wholesaler(&name).await;
        stock.release(&name, DELIVERY);
    }
}

/// Orders what runs low, for ever.
pub async fn run(shop: Rc<Shop>, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    loop {
        ticks.tick().await;
        let low = shop.stock.lock().running_low(LOW);
        for name in low {
            deliver(&shop, &name).await;
        }
        announce(&shop).await;
    }
}

async fn deliver(shop: &Shop, name: &str) {
    let span = info_span!("delivery", fruit = name);
    let _entered = span.enter();
    wholesaler(name).await;
    let mut stock = shop.stock.lock();
    stock.release(name, DELIVERY);
    info!(count = DELIVERY, "delivered");
}

/// Hangs a new notice at the door; the old one stays until the new one is painted.
async fn announce(shop: &Shop) {
    let mut notice = shop.notice.borrow_mut();
    let painted = paint("fresh from the wholesaler").await;
    *notice = painted;
}

async fn wholesaler(name: &str) {
    let minutes = 1 + name.len() as u64 % 3;
    tokio::time::sleep(Duration::from_millis(minutes)).await;
}

async fn paint(words: &str) -> String {
    tokio::task::yield_now().await;
    words.to_uppercase()
}
