//! What client and service say to each other: one JSON object per line, in both directions.
//!
//! Every request gets one answer, in order. Notices arrive in between, whenever something happens.

use serde::{Deserialize, Serialize};

use crate::basket::Quote;
use crate::{Cents, ReservationId, Sku};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Request {
    /// All products with what is available of them.
    List,
    /// What the supplier asks for a product today.
    SupplierPrice {
        sku: Sku,
    },
    Add {
        sku: Sku,
        quantity: u32,
    },
    Remove {
        sku: Sku,
    },
    Basket,
    /// Pays for the basket and takes the goods.
    Checkout {
        card: String,
    },
    /// Reserves the basket for a quarter of an hour.
    Hold,
    /// Pays for what was reserved.
    Collect {
        reservation: ReservationId,
        card: String,
    },
    /// Asks for a notice when a product is delivered.
    Watch {
        sku: Sku,
    },
    Stats,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub sku: Sku,
    pub name: String,
    pub price: Cents,
    pub available: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    pub requests: u64,
    pub orders: u64,
    pub refused: u64,
    pub turnover: Cents,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Message {
    Done,
    Offers {
        offers: Vec<Offer>,
    },
    Price {
        sku: Sku,
        price: Cents,
    },
    Quote {
        quote: Quote,
    },
    Receipt {
        order: ReservationId,
        paid: Cents,
    },
    Held {
        reservation: ReservationId,
    },
    Stats {
        stats: Stats,
    },
    Refused {
        why: String,
    },
    /// A notice: a watched product was delivered.
    Delivered {
        sku: Sku,
        quantity: u32,
    },
    /// A notice: the service is about to end.
    Closing,
}

impl Message {
    /// Whether this was sent without having been asked for.
    #[must_use]
    pub fn is_notice(&self) -> bool {
        matches!(self, Self::Delivered { .. } | Self::Closing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_line_of_json() {
        let request = Request::Add { sku: "tea".parse().unwrap(), quantity: 2 };
        let line = serde_json::to_string(&request).unwrap();
        assert_eq!(line, r#"{"do":"add","sku":"tea","quantity":2}"#);
        assert_eq!(serde_json::from_str::<Request>(&line).unwrap(), request);
    }

    #[test]
    fn a_bad_product_code_is_refused() {
        assert!(serde_json::from_str::<Request>(r#"{"do":"watch","sku":"TEA!"}"#).is_err());
    }
}
