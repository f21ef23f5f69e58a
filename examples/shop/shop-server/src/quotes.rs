//! Wholesale prices, remembered for a while.

use std::time::{Duration, Instant};

use dashmap::DashMap;
use shop_core::{Catalogue, Cents, Sku};

use crate::supplier::{NotCarried, Supplier};

const FRESH_FOR: Duration = Duration::from_secs(10);

struct Quoted {
    price: Cents,
    at: Instant,
}

impl Quoted {
    fn is_fresh(&self) -> bool {
        self.at.elapsed() < FRESH_FOR
    }
}

#[derive(Default)]
pub(crate) struct SupplierQuotes {
    by_sku: DashMap<Sku, Quoted>,
}

impl SupplierQuotes {
    /// The wholesale price of a product, at most [`FRESH_FOR`] old.
    pub(crate) async fn price(
        &self,
        supplier: &Supplier,
        catalogue: &Catalogue,
        sku: &Sku,
    ) -> Result<Cents, NotCarried> {
        if let Some(mut quoted) = self.by_sku.get_mut(sku) {
            if !quoted.is_fresh() {
                quoted.price = supplier.price(catalogue, sku).await?;
                quoted.at = Instant::now();
            }
            return Ok(quoted.price);
        }
        let price = supplier.price(catalogue, sku).await?;
        self.by_sku.insert(sku.clone(), Quoted { price, at: Instant::now() });
        Ok(price)
    }

    /// Asks again for every price that is no longer fresh.
    pub(crate) async fn refresh(&self, supplier: &Supplier, catalogue: &Catalogue) {
        let stale: Vec<Sku> = self
            .by_sku
            .iter()
            .filter(|quoted| !quoted.is_fresh())
            .map(|quoted| quoted.key().clone())
            .collect();
        for sku in stale {
            match supplier.price(catalogue, &sku).await {
                Ok(price) => {
                    self.by_sku.insert(sku, Quoted { price, at: Instant::now() });
                }
                Err(_) => {
                    self.by_sku.remove(&sku);
                }
            }
        }
    }
}
