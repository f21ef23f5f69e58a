use std::cell::RefCell;
use std::net::SocketAddr;

use dashmap::DashMap;
use shop_core::{Basket, BasketError, Cents, Fruit, Ledger, Reply, Request, Stock};

use crate::audit::Audit;

/// The state that all connections share.
pub struct Shop {
    pub stock: parking_lot::Mutex<Stock>,
    pub ledger: Ledger,
    pub audit: Audit,
    /// How often each peer has come.
    pub visits: DashMap<SocketAddr, u32>,
    /// The day's notice at the door; only tasks of this thread see it.
    pub notice: RefCell<String>,
}

impl Shop {
    pub fn open() -> Shop {
        let fruit = [("apple", 40, 50), ("pear", 55, 30), ("plum", 30, 80), ("quince", 120, 4)];
        Shop {
            stock: parking_lot::Mutex::new(Stock::new(fruit.map(|(name, price, on_hand)| Fruit {
                name: name.to_owned(),
                price: Cents(price),
                on_hand,
            }))),
            ledger: Ledger::default(),
            audit: Audit::default(),
            visits: DashMap::new(),
            notice: RefCell::new("fresh plums".to_owned()),
        }
    }

    pub async fn answer(&self, basket: &mut Basket, request: Request) -> Reply {
        match request {
            Request::List => Reply::Fruit { fruit: self.stock.lock().list() },
            Request::Put { fruit, count } => {
                let put = basket.put(&mut self.stock.lock(), &fruit, count);
                match put {
                    Ok(()) => Reply::Total { total: basket.total() },
                    Err(error) => Reply::Refused { why: error.to_string() },
                }
            }
            Request::CheckOut => match self.check_out(basket).await {
                Ok((number, total)) => Reply::Receipt { number, total },
                Err(error) => Reply::Refused { why: error.to_string() },
            },
            Request::Balance => Reply::Balance { balance: self.ledger.balance() },
        }
    }

    /// The receipt's number is on the audit record, so the record is written before the entry is booked.
    async fn check_out(&self, basket: &mut Basket) -> Result<(u64, Cents), BasketError> {
        let total = basket.total();
        let lines = basket.check_out()?;
        let posting = self.ledger.open_posting(total);
        self.audit.record(posting.number(), &lines).await;
        Ok((posting.book(), total))
    }
}
