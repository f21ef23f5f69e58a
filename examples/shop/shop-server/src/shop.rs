//! The state that all sessions share.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use shop_core::catalogue::CatalogueError;
use shop_core::protocol::Offer;
use shop_core::{Catalogue, Inventory};

use crate::args::Args;
use crate::journal::Journal;
use crate::payments::PaymentGateway;
use crate::quotes::SupplierQuotes;
use crate::statistics::Statistics;
use crate::supplier::Supplier;
use crate::watchers::Watchers;

const DEFAULT_CATALOGUE: &str = include_str!("../catalogue.json");

pub(crate) struct Shop {
    pub(crate) catalogue: Catalogue,
    pub(crate) inventory: Mutex<Inventory>,
    pub(crate) payments: PaymentGateway,
    pub(crate) supplier: Supplier,
    pub(crate) quotes: SupplierQuotes,
    pub(crate) watchers: Watchers,
    pub(crate) statistics: Statistics,
    pub(crate) journal: Journal,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error("a file of the shop cannot be opened")]
    Io(#[from] std::io::Error),
}

impl Shop {
    pub(crate) async fn open(args: &Args) -> Result<Self, OpenError> {
        let catalogue = match &args.catalogue {
            Some(path) => Catalogue::from_json(&tokio::fs::read_to_string(path).await?)?,
            None => Catalogue::from_json(DEFAULT_CATALOGUE)?,
        };
        Ok(Self {
            inventory: Mutex::new(Inventory::stocked_from(&catalogue)),
            catalogue,
            payments: PaymentGateway::default(),
            supplier: Supplier::default(),
            quotes: SupplierQuotes::default(),
            watchers: Watchers::default(),
            statistics: Statistics::default(),
            journal: Journal::open(&args.journal).await?,
        })
    }

    /// The stock. A panic while it was locked leaves counts that are still whole, so poisoning is passed over.
    pub(crate) fn stock(&self) -> MutexGuard<'_, Inventory> {
        self.inventory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn offers(&self) -> Vec<Offer> {
        let mut stock = self.stock();
        stock.release_expired(Instant::now());
        self.catalogue
            .iter()
            .map(|product| Offer {
                sku: product.sku.clone(),
                name: product.name.clone(),
                price: product.price,
                available: stock.available(&product.sku),
            })
            .collect()
    }
}
