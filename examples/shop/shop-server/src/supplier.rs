//! The wholesaler. Like the payment provider, it lives in the process and answers after a while.

use std::time::Duration;

use shop_core::{Catalogue, Cents, Sku};

#[derive(Debug, thiserror::Error)]
#[error("the supplier does not carry `{0}`")]
pub(crate) struct NotCarried(Sku);

#[derive(Debug)]
pub(crate) struct Supplier {
    round_trip: Duration,
}

impl Default for Supplier {
    fn default() -> Self {
        Self { round_trip: Duration::from_millis(25) }
    }
}

impl Supplier {
    /// Today's wholesale price: six tenths of ours.
    pub(crate) async fn price(&self, catalogue: &Catalogue, sku: &Sku) -> Result<Cents, NotCarried> {
        tokio::time::sleep(self.round_trip).await;
        let product = catalogue.get(sku).ok_or_else(|| NotCarried(sku.clone()))?;
        Ok(product.price.percent(60))
    }

    /// Orders pieces and waits for them; returns how many came.
    pub(crate) async fn deliver(&self, sku: &Sku, quantity: u32) -> u32 {
        tokio::time::sleep(self.round_trip).await;
        tracing::debug!(%sku, quantity, "delivered");
        quantity
    }
}
