use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Cents;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fruit {
    pub name: String,
    pub price: Cents,
    pub on_hand: u32,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum StockError {
    #[error("we do not sell {0}")]
    Unknown(String),
    #[error("only {on_hand} {name} left")]
    TooFew { name: String, on_hand: u32 },
}

/// What lies on the shelves. Reserving takes fruit off the shelf; releasing puts it back.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    shelves: BTreeMap<String, Fruit>,
}

impl Stock {
    pub fn new(fruit: impl IntoIterator<Item = Fruit>) -> Stock {
        Stock { shelves: fruit.into_iter().map(|fruit| (fruit.name.clone(), fruit)).collect() }
    }

    pub fn price(&self, name: &str) -> Result<Cents, StockError> {
        self.shelves.get(name).map(|fruit| fruit.price).ok_or_else(|| StockError::Unknown(name.to_owned()))
    }

    pub fn reserve(&mut self, name: &str, count: u32) -> Result<(), StockError> {
        let fruit = self.shelves.get_mut(name).ok_or_else(|| StockError::Unknown(name.to_owned()))?;
        match fruit.on_hand.checked_sub(count) {
            Some(left) => {
                fruit.on_hand = left;
                Ok(())
            }
            None => Err(StockError::TooFew { name: name.to_owned(), on_hand: fruit.on_hand }),
        }
    }

    pub fn release(&mut self, name: &str, count: u32) {
        if let Some(fruit) = self.shelves.get_mut(name) {
            fruit.on_hand += count;
        }
    }

    /// Names of the fruit that is nearly sold out.
    pub fn running_low(&self, threshold: u32) -> Vec<String> {
        self.shelves.values().filter(|fruit| fruit.on_hand < threshold).map(|fruit| fruit.name.clone()).collect()
    }

    pub fn list(&self) -> Vec<Fruit> {
        self.shelves.values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelves() -> Stock {
        Stock::new([Fruit { name: "plum".into(), price: Cents(30), on_hand: 3 }])
    }

    #[test]
    fn what_is_reserved_is_gone_until_released() {
        let mut stock = shelves();
        stock.reserve("plum", 2).unwrap();
        assert_eq!(stock.reserve("plum", 2), Err(StockError::TooFew { name: "plum".into(), on_hand: 1 }));
        stock.release("plum", 2);
        stock.reserve("plum", 3).unwrap();
        assert_eq!(stock.running_low(1), ["plum"]);
    }

    #[test]
    fn unknown_fruit_has_no_price() {
        assert_eq!(shelves().price("durian"), Err(StockError::Unknown("durian".into())));
    }
}
