//! What a customer has picked, and what it costs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Catalogue, Cents, Sku};

/// From this many pieces of one product on, that line is 10 % cheaper.
pub const BULK_QUANTITY: u32 = 10;
const BULK_PERCENT: u64 = 10;

const SHIPPING: Cents = Cents(490);
const FREE_SHIPPING_FROM: Cents = Cents(5_000);

/// A customer cannot order more of one product than this.
pub const MAX_QUANTITY: u32 = 500;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasketError {
    #[error("there is no product `{0}`")]
    UnknownProduct(Sku),
    #[error("at most {MAX_QUANTITY} pieces of a product can be ordered at once")]
    TooMany,
    #[error("`{0}` is not in the basket")]
    NotInBasket(Sku),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    pub sku: Sku,
    pub name: String,
    pub quantity: u32,
    pub total: Cents,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub lines: Vec<PricedLine>,
    pub shipping: Cents,
    pub total: Cents,
}

#[derive(Clone, Debug, Default)]
pub struct Basket {
    quantities: BTreeMap<Sku, u32>,
}

impl Basket {
    pub fn add(&mut self, catalogue: &Catalogue, sku: &Sku, quantity: u32) -> Result<(), BasketError> {
        if catalogue.get(sku).is_none() {
            return Err(BasketError::UnknownProduct(sku.clone()));
        }
        let present = self.quantities.get(sku).copied().unwrap_or(0);
        let wanted = present.checked_add(quantity).filter(|n| *n <= MAX_QUANTITY);
        self.quantities.insert(sku.clone(), wanted.ok_or(BasketError::TooMany)?);
        Ok(())
    }

    pub fn remove(&mut self, sku: &Sku) -> Result<(), BasketError> {
        match self.quantities.remove(sku) {
            Some(_) => Ok(()),
            None => Err(BasketError::NotInBasket(sku.clone())),
        }
    }

    pub fn clear(&mut self) {
        self.quantities.clear();
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.quantities.is_empty()
    }

    pub fn lines(&self) -> impl Iterator<Item = (&Sku, u32)> {
        self.quantities.iter().map(|(sku, quantity)| (sku, *quantity))
    }

    /// The price of the basket. Products that have left the catalogue since they were added are left out.
    #[must_use]
    pub fn quote(&self, catalogue: &Catalogue) -> Quote {
        let lines: Vec<PricedLine> = self
            .lines()
            .filter_map(|(sku, quantity)| {
                let product = catalogue.get(sku)?;
                let full = product.price.times(quantity);
                let discount =
                    if quantity >= BULK_QUANTITY { full.percent(BULK_PERCENT) } else { Cents::default() };
                Some(PricedLine {
                    sku: sku.clone(),
                    name: product.name.clone(),
                    quantity,
                    total: full.saturating_sub(discount),
                })
            })
            .collect();
        let goods: Cents = lines.iter().map(|line| line.total).sum();
        let free = lines.is_empty() || goods >= FREE_SHIPPING_FROM;
        let shipping = if free { Cents::default() } else { SHIPPING };
        Quote { lines, shipping, total: goods + shipping }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        Catalogue::from_json(
            r#"[{"sku":"tea","name":"Oolong","price":450},{"sku":"pot","name":"Teapot","price":3900}]"#,
        )
        .unwrap()
    }

    fn basket(lines: &[(&str, u32)]) -> Basket {
        let mut basket = Basket::default();
        for (sku, quantity) in lines {
            basket.add(&catalogue(), &sku.parse().unwrap(), *quantity).unwrap();
        }
        basket
    }

    #[test]
    fn small_orders_pay_for_shipping() {
        let quote = basket(&[("tea", 2)]).quote(&catalogue());
        assert_eq!((quote.shipping, quote.total), (Cents(490), Cents(1_390)));
    }

    #[test]
    fn ten_of_a_kind_are_cheaper() {
        let quote = basket(&[("tea", 10), ("pot", 1)]).quote(&catalogue());
        assert_eq!(quote.lines[1].total, Cents(4_050));
        assert_eq!((quote.shipping, quote.total), (Cents(0), Cents(7_950)));
    }

    #[test]
    fn quantities_are_bounded() {
        let mut basket = basket(&[("tea", MAX_QUANTITY)]);
        let tea = "tea".parse().unwrap();
        assert_eq!(basket.add(&catalogue(), &tea, 1), Err(BasketError::TooMany));
        assert_eq!(basket.add(&catalogue(), &tea, u32::MAX), Err(BasketError::TooMany));
    }
}
