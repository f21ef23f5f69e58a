//! What the shop sells and what it may promise: prices, baskets, and stock with reservations.
//!
//! Nothing here does I/O or reads a clock: times are passed in, so that every rule can be tested.

pub mod basket;
pub mod catalogue;
pub mod inventory;
pub mod money;
pub mod protocol;

pub use basket::Basket;
pub use catalogue::{Catalogue, Product, Sku};
pub use inventory::{Inventory, ReservationId};
pub use money::Cents;
