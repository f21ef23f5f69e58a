use serde::{Deserialize, Serialize};

use crate::{Cents, Fruit};

/// One line of JSON from the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    List,
    Put { fruit: String, count: u32 },
    CheckOut,
    Balance,
}

/// One line of JSON from the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Reply {
    Fruit { fruit: Vec<Fruit> },
    Total { total: Cents },
    Receipt { number: u64, total: Cents },
    Balance { balance: Cents },
    Refused { why: String },
}
