use shop_core::Line;
use tokio::sync::Mutex;
use tracing::info;

/// A record of every sale, in the order of the receipts.
#[derive(Default)]
pub struct Audit {
    written: Mutex<Vec<String>>,
}

impl Audit {
    /// Waits its turn: records must not interleave.
    pub async fn record(&self, number: u64, lines: &[Line]) {
        let mut written = self.written.lock().await;
        for line in lines {
            written.push(format!("{number}: {} × {}", line.count, line.fruit));
            tokio::task::yield_now().await;
        }
        info!(number, lines = lines.len(), "recorded");
    }
}
