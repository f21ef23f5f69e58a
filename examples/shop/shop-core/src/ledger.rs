use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Cents;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    pub number: u64,
    pub amount: Cents,
}

/// The shop's books. Numbers are given without gaps.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Mutex<Vec<LedgerEntry>>,
}

/// An entry that is being written. Nobody else can write until it is booked or dropped.
#[derive(Debug)]
pub struct Posting<'a> {
    entries: MutexGuard<'a, Vec<LedgerEntry>>,
    amount: Cents,
}

impl Ledger {
    pub fn open_posting(&self, amount: Cents) -> Posting<'_> {
        Posting { entries: self.entries.lock().unwrap_or_else(PoisonError::into_inner), amount }
    }

    pub fn balance(&self) -> Cents {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|entry| entry.amount).sum()
    }
}

impl Posting<'_> {
    /// The number that the entry will have.
    pub fn number(&self) -> u64 {
        self.entries.len() as u64 + 1
    }

    pub fn book(mut self) -> u64 {
        let number = self.number();
        let amount = self.amount;
        self.entries.push(LedgerEntry { number, amount });
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posting_that_is_dropped_takes_no_number() {
        let ledger = Ledger::default();
        drop(ledger.open_posting(Cents(100)));
        assert_eq!(ledger.open_posting(Cents(250)).book(), 1);
        assert_eq!(ledger.balance(), Cents(250));
    }
}
