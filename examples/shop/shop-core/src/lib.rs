//! Fruit, prices, stock and orders: everything that does not need a network.

mod basket;
mod ledger;
mod money;
mod protocol;
mod stock;

pub use basket::{Basket, BasketError, Line};
pub use ledger::{Ledger, LedgerEntry, Posting};
pub use money::Cents;
pub use protocol::{Reply, Request};
pub use stock::{Fruit, Stock, StockError};
