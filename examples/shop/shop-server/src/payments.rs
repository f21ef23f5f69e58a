//! The payment provider. This one lives in the process and takes as long as a real one.

use std::time::Duration;

use shop_core::Cents;

#[derive(Debug, thiserror::Error)]
pub(crate) enum PaymentError {
    #[error("the card number is not valid")]
    InvalidCard,
    #[error("the card was declined")]
    Declined,
}

#[derive(Debug)]
pub(crate) struct PaymentGateway {
    round_trip: Duration,
}

impl Default for PaymentGateway {
    fn default() -> Self {
        Self { round_trip: Duration::from_millis(40) }
    }
}

impl PaymentGateway {
    /// Charges a card. Cards that end in `0` are declined.
    pub(crate) async fn charge(&self, card: &str, amount: Cents) -> Result<(), PaymentError> {
        if card.len() < 8 || !card.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(PaymentError::InvalidCard);
        }
        tokio::time::sleep(self.round_trip).await;
        if card.ends_with('0') {
            return Err(PaymentError::Declined);
        }
        tracing::debug!(%amount, "charged");
        Ok(())
    }
}
