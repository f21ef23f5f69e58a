//! From basket to receipt: at once, or by a reservation that is paid for later.

use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use shop_core::inventory::InventoryError;
use shop_core::protocol::Message;
use shop_core::{Basket, Cents, Inventory, ReservationId};

use crate::payments::PaymentError;
use crate::shop::Shop;

const HOLD_FOR: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckoutError {
    #[error("the basket is empty")]
    EmptyBasket,
    #[error(transparent)]
    Stock(#[from] InventoryError),
    #[error(transparent)]
    Payment(#[from] PaymentError),
    #[error("the order could not be recorded")]
    Journal(#[from] std::io::Error),
}

/// A sale at the counter: from the look at the shelf to the last entry, nobody else gets at the stock, so the same
/// last piece is never sold twice.
struct Sale<'a> {
    stock: MutexGuard<'a, Inventory>,
    order: ReservationId,
    total: Cents,
}

impl<'a> Sale<'a> {
    fn open(shop: &'a Shop, basket: &Basket) -> Result<Self, CheckoutError> {
        let mut stock = shop.stock();
        let order = stock.reserve(basket, Instant::now() + HOLD_FOR)?;
        Ok(Self { stock, order, total: basket.quote(&shop.catalogue).total })
    }

    fn complete(mut self) -> Result<(ReservationId, Cents), CheckoutError> {
        self.stock.commit(self.order)?;
        Ok((self.order, self.total))
    }

    fn cancel(mut self) -> Result<(), CheckoutError> {
        Ok(self.stock.release(self.order)?)
    }
}

/// Sells the basket.
pub(crate) async fn checkout(shop: &Shop, basket: &Basket, card: &str) -> Result<Message, CheckoutError> {
    if basket.is_empty() {
        return Err(CheckoutError::EmptyBasket);
    }
    let sale = Sale::open(shop, basket)?;
    if let Err(declined) = shop.payments.charge(card, sale.total).await {
        sale.cancel()?;
        return Err(declined.into());
    }
    let (order, paid) = sale.complete()?;
    record(shop, order, paid).await
}

/// Reserves the basket for [`HOLD_FOR`].
pub(crate) async fn hold(shop: &Shop, basket: &Basket) -> Result<Message, CheckoutError> {
    if basket.is_empty() {
        return Err(CheckoutError::EmptyBasket);
    }
    let reservation = {
        let mut stock = shop.stock();
        let now = Instant::now();
        stock.release_expired(now);
        stock.reserve(basket, now + HOLD_FOR)?
    };
    shop.journal.append(&format!("held {reservation}")).await?;
    Ok(Message::Held { reservation })
}

/// Sells what was reserved. The stock is looked at twice, and free while the card is charged; in between only the
/// reservation stands for the goods.
pub(crate) async fn collect(
    shop: &Shop,
    reservation: ReservationId,
    card: &str,
) -> Result<Message, CheckoutError> {
    let stock = shop.stock();
    let total = stock.reserved(reservation)?.quote(&shop.catalogue).total;
    drop(stock);

    shop.payments.charge(card, total).await?;
    shop.stock().commit(reservation)?;
    record(shop, reservation, total).await
}

async fn record(shop: &Shop, order: ReservationId, paid: Cents) -> Result<Message, CheckoutError> {
    shop.statistics.count_order(paid);
    shop.journal.append(&format!("sold {order} for {paid}")).await?;
    Ok(Message::Receipt { order, paid })
}
