use serde::{Deserialize, Serialize};

use crate::{Cents, Stock, StockError};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub fruit: String,
    pub count: u32,
    pub price: Cents,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasketError {
    #[error(transparent)]
    Stock(#[from] StockError),
    #[error("the basket is empty")]
    Empty,
}

/// What a customer has picked. Everything in it is reserved in the stock.
#[derive(Debug, Default)]
pub struct Basket {
    lines: Vec<Line>,
}

impl Basket {
    pub fn put(&mut self, stock: &mut Stock, fruit: &str, count: u32) -> Result<(), BasketError> {
        let price = stock.price(fruit)?;
        stock.reserve(fruit, count)?;
        match self.lines.iter_mut().find(|line| line.fruit == fruit) {
            Some(line) => line.count += count,
            None => self.lines.push(Line { fruit: fruit.to_owned(), count, price }),
        }
        Ok(())
    }

    pub fn total(&self) -> Cents {
        self.lines.iter().map(|line| line.price * line.count).sum()
    }

    /// Empties the basket for the till.
    pub fn check_out(&mut self) -> Result<Vec<Line>, BasketError> {
        if self.lines.is_empty() {
            return Err(BasketError::Empty);
        }
        Ok(std::mem::take(&mut self.lines))
    }

    /// Puts everything back on the shelves.
    pub fn abandon(&mut self, stock: &mut Stock) {
        for line in self.lines.drain(..) {
            stock.release(&line.fruit, line.count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fruit;

    #[test]
    fn checking_out_empties_the_basket_once() {
        let mut stock = Stock::new([Fruit { name: "pear".into(), price: Cents(55), on_hand: 9 }]);
        let mut basket = Basket::default();
        basket.put(&mut stock, "pear", 2).unwrap();
        basket.put(&mut stock, "pear", 1).unwrap();
        assert_eq!(basket.total(), Cents(165));
        assert_eq!(basket.check_out().unwrap().len(), 1);
        assert_eq!(basket.check_out(), Err(BasketError::Empty));
    }

    #[test]
    fn an_abandoned_basket_fills_the_shelves_again() {
        let mut stock = Stock::new([Fruit { name: "pear".into(), price: Cents(55), on_hand: 2 }]);
        let mut basket = Basket::default();
        basket.put(&mut stock, "pear", 2).unwrap();
        basket.abandon(&mut stock);
        assert!(stock.reserve("pear", 2).is_ok());
    }
}
