//! Stock and reservations. A reserved piece is still on the shelf, but promised to somebody.

use std::collections::HashMap;
use std::fmt;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::{Basket, Catalogue, Sku};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReservationId(pub u64);

impl fmt::Display for ReservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R{:05}", self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    #[error("only {available} of `{sku}` are available")]
    OutOfStock { sku: Sku, available: u32 },
    #[error("reservation {0} does not exist or has expired")]
    NoReservation(ReservationId),
}

#[derive(Clone, Copy, Debug, Default)]
struct Shelf {
    on_hand: u32,
    reserved: u32,
}

#[derive(Clone, Debug)]
struct Reservation {
    basket: Basket,
    expires: Instant,
}

#[derive(Debug, Default)]
pub struct Inventory {
    shelves: HashMap<Sku, Shelf>,
    reservations: HashMap<ReservationId, Reservation>,
    last_id: u64,
}

impl Inventory {
    #[must_use]
    pub fn stocked_from(catalogue: &Catalogue) -> Self {
        let mut inventory = Self::default();
        for product in catalogue.iter() {
            inventory.receive(&product.sku, product.stock);
        }
        inventory
    }

    /// Pieces on the shelf that are promised to nobody.
    #[must_use]
    pub fn available(&self, sku: &Sku) -> u32 {
        self.shelves.get(sku).map_or(0, |shelf| shelf.on_hand - shelf.reserved)
    }

    pub fn receive(&mut self, sku: &Sku, quantity: u32) {
        let shelf = self.shelves.entry(sku.clone()).or_default();
        shelf.on_hand = shelf.on_hand.saturating_add(quantity);
    }

    /// Reserves the whole basket or nothing.
    pub fn reserve(&mut self, basket: &Basket, expires: Instant) -> Result<ReservationId, InventoryError> {
        for (sku, quantity) in basket.lines() {
            let available = self.available(sku);
            if available < quantity {
                return Err(InventoryError::OutOfStock { sku: sku.clone(), available });
            }
        }
        for (sku, quantity) in basket.lines() {
            if let Some(shelf) = self.shelves.get_mut(sku) {
                shelf.reserved += quantity;
            }
        }
        self.last_id += 1;
        let id = ReservationId(self.last_id);
        self.reservations.insert(id, Reservation { basket: basket.clone(), expires });
        Ok(id)
    }

    /// The basket that a reservation is for.
    pub fn reserved(&self, id: ReservationId) -> Result<&Basket, InventoryError> {
        self.reservations
            .get(&id)
            .map(|reservation| &reservation.basket)
            .ok_or(InventoryError::NoReservation(id))
    }

    /// Takes the reserved pieces off the shelf.
    pub fn commit(&mut self, id: ReservationId) -> Result<(), InventoryError> {
        self.finish(id, |shelf, quantity| {
            shelf.reserved -= quantity;
            shelf.on_hand -= quantity;
        })
    }

    /// Puts the reserved pieces back on offer.
    pub fn release(&mut self, id: ReservationId) -> Result<(), InventoryError> {
        self.finish(id, |shelf, quantity| shelf.reserved -= quantity)
    }

    /// Releases what nobody came for; returns how many reservations that were.
    pub fn release_expired(&mut self, now: Instant) -> usize {
        let expired: Vec<ReservationId> = self
            .reservations
            .iter()
            .filter(|(_, reservation)| reservation.expires <= now)
            .map(|(id, _)| *id)
            .collect();
        expired.into_iter().filter(|id| self.release(*id).is_ok()).count()
    }

    /// Products with fewer than `threshold` pieces on offer, in the order of their codes.
    #[must_use]
    pub fn running_low(&self, threshold: u32) -> Vec<Sku> {
        let mut low: Vec<Sku> =
            self.shelves.keys().filter(|sku| self.available(sku) < threshold).cloned().collect();
        low.sort();
        low
    }

    fn finish(&mut self, id: ReservationId, settle: impl Fn(&mut Shelf, u32)) -> Result<(), InventoryError> {
        let reservation = self.reservations.remove(&id).ok_or(InventoryError::NoReservation(id))?;
        for (sku, quantity) in reservation.basket.lines() {
            if let Some(shelf) = self.shelves.get_mut(sku) {
                settle(shelf, quantity);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn tea() -> Sku {
        "tea".parse().unwrap()
    }

    fn shop() -> (Catalogue, Inventory) {
        let catalogue =
            Catalogue::from_json(r#"[{"sku":"tea","name":"Oolong","price":450,"stock":5}]"#).unwrap();
        let inventory = Inventory::stocked_from(&catalogue);
        (catalogue, inventory)
    }

    fn basket(catalogue: &Catalogue, quantity: u32) -> Basket {
        let mut basket = Basket::default();
        basket.add(catalogue, &tea(), quantity).unwrap();
        basket
    }

    #[test]
    fn a_piece_is_promised_once() {
        let (catalogue, mut inventory) = shop();
        inventory.reserve(&basket(&catalogue, 4), Instant::now()).unwrap();
        let refused = inventory.reserve(&basket(&catalogue, 2), Instant::now());
        assert_eq!(refused, Err(InventoryError::OutOfStock { sku: tea(), available: 1 }));
    }

    #[test]
    fn a_commit_empties_the_shelf_and_ends_the_reservation() {
        let (catalogue, mut inventory) = shop();
        let id = inventory.reserve(&basket(&catalogue, 4), Instant::now()).unwrap();
        inventory.commit(id).unwrap();
        assert_eq!(inventory.available(&tea()), 1);
        assert_eq!(inventory.commit(id), Err(InventoryError::NoReservation(id)));
    }

    #[test]
    fn expired_reservations_return_to_the_shelf() {
        let (catalogue, mut inventory) = shop();
        let now = Instant::now();
        inventory.reserve(&basket(&catalogue, 2), now).unwrap();
        inventory.reserve(&basket(&catalogue, 3), now + Duration::from_secs(60)).unwrap();
        assert_eq!(inventory.release_expired(now), 1);
        assert_eq!(inventory.available(&tea()), 2);
        assert_eq!(inventory.running_low(3), vec![tea()]);
    }
}
