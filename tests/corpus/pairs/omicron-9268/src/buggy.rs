use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, Instant, interval_at};

pub struct Connection;

#[derive(Clone)]
pub struct Pool {
    claims: mpsc::Sender<oneshot::Sender<Connection>>,
}

impl Pool {
    pub async fn claim(&self) -> anyhow::Result<Connection> {
        let (tx, rx) = oneshot::channel();
        self.claims.send(tx).await?;
        Ok(rx.await?)
    }
}

pub struct DataStore {
    pool: Arc<Pool>,
}

impl DataStore {
    async fn authorized(&self) -> anyhow::Result<Connection> {
        self.pool.claim().await
    }

    pub async fn is_collecting(&self, bundle: u64) -> anyhow::Result<bool> {
        let _connection = self.authorized().await?;
        Ok(bundle > 0)
    }

    pub async fn sleds(&self) -> anyhow::Result<Vec<String>> {
        let _connection = self.authorized().await?;
        Ok(Vec::new())
    }
}

pub struct Collection {
    datastore: Arc<DataStore>,
    bundle: u64,
}

impl Collection {
    pub async fn collect_and_store(self: &Arc<Self>, dir: PathBuf) -> anyhow::Result<usize> {
        let collected = self.collect_locally(&dir).await?;
        tokio::fs::rename(&dir, dir.with_extension("zip")).await?;
        Ok(collected)
    }

    async fn collect_locally(self: &Arc<Self>, dir: &Path) -> anyhow::Result<usize> {
        let mut collection = Box::pin(self.collect(dir));
        let period = Duration::from_secs(5);
        let mut check = interval_at(Instant::now() + period, period);
        loop {
            tokio::select! {
                _ = check.tick() => {
                    if !self.datastore.is_collecting(self.bundle).await? { //~ futurelock
                        anyhow::bail!("cancelled");
                    }
                }
                collected = &mut collection => return collected,
            }
        }
    }

    async fn collect(self: &Arc<Self>, dir: &Path) -> anyhow::Result<usize> {
        let sleds = self.datastore.sleds().await?;
        for sled in &sleds {
            tokio::fs::write(dir.join(sled), sled).await?;
        }
        Ok(sleds.len())
    }
}
