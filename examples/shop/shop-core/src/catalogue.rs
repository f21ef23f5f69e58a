//! The products on offer.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Cents;

/// Identifies a product: lower-case letters, digits and dashes, e.g. `tea-oolong-100`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a product code")]
pub struct InvalidSku(String);

impl TryFrom<String> for Sku {
    type Error = InvalidSku;

    fn try_from(code: String) -> Result<Self, InvalidSku> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if code.is_empty() || code.len() > 40 || !code.chars().all(allowed) {
            return Err(InvalidSku(code));
        }
        Ok(Self(code))
    }
}

impl FromStr for Sku {
    type Err = InvalidSku;

    fn from_str(code: &str) -> Result<Self, InvalidSku> {
        Self::try_from(code.to_owned())
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub sku: Sku,
    pub name: String,
    pub price: Cents,
    /// Pieces on the shelf when the service starts.
    #[serde(default)]
    pub stock: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("the catalogue is not valid JSON")]
    Json(#[from] serde_json::Error),
    #[error("`{0}` is listed twice")]
    Duplicate(Sku),
}

/// All products, by code.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    products: BTreeMap<Sku, Product>,
}

impl Catalogue {
    /// Reads a JSON array of products.
    pub fn from_json(json: &str) -> Result<Self, CatalogueError> {
        let mut products = BTreeMap::new();
        for product in serde_json::from_str::<Vec<Product>>(json)? {
            if let Some(earlier) = products.insert(product.sku.clone(), product) {
                return Err(CatalogueError::Duplicate(earlier.sku));
            }
        }
        Ok(Self { products })
    }

    #[must_use]
    pub fn get(&self, sku: &Sku) -> Option<&Product> {
        self.products.get(sku)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Product> {
        self.products.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked() {
        assert!("tea-oolong-100".parse::<Sku>().is_ok());
        assert!("Tea".parse::<Sku>().is_err());
        assert!("".parse::<Sku>().is_err());
    }

    #[test]
    fn a_product_is_listed_once() {
        let json = r#"[{"sku":"tea","name":"Tea","price":450},{"sku":"tea","name":"Tea","price":500}]"#;
        let error = Catalogue::from_json(json).unwrap_err();
        assert_eq!(error.to_string(), "`tea` is listed twice");
    }
}
