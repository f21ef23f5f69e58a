//! Customers who want to know when a product is delivered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use shop_core::Sku;
use shop_core::protocol::Message;
use tokio::sync::mpsc::Sender;

type Waiting = HashMap<Sku, Vec<Sender<Message>>>;

#[derive(Default)]
pub(crate) struct Watchers {
    waiting: Mutex<Waiting>,
}

impl Watchers {
    /// Sends one notice to `notices` when `sku` is delivered next.
    pub(crate) fn watch(&self, sku: &Sku, notices: Sender<Message>) {
        self.waiting().entry(sku.clone()).or_default().push(notices);
    }

    pub(crate) async fn announce_delivery(&self, sku: &Sku, quantity: u32) {
        match self.waiting().remove(sku) {
            Some(customers) => {
                for customer in customers {
                    // A customer who has left needs no notice.
                    let _ = customer.send(Message::Delivered { sku: sku.clone(), quantity }).await;
                }
            }
            None => tracing::trace!(%sku, "nobody waits for it"),
        }
    }

    /// Forgets customers who have left; returns how many products are still waited for.
    pub(crate) async fn sweep(&self) -> usize {
        let mut waiting = self.waiting();
        waiting.retain(|_, customers| {
            customers.retain(|customer| !customer.is_closed());
            !customers.is_empty()
        });
        if waiting.is_empty() {
            return 0;
        }
        let products = waiting.len();
        drop(waiting);
        // A long sweep must not starve the sessions.
        tokio::task::yield_now().await;
        products
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
