use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::RwLock;
use tokio::task::JoinHandle;

#[derive(Clone)]
pub struct SyncCommittee {
    keys: [[u8; 48]; 512],
}

#[derive(Clone)]
pub struct Store {
    slot: u64,
    current: SyncCommittee,
}

#[derive(Clone)]
pub struct Update {
    slot: u64,
    next: SyncCommittee,
}

struct ProofServer {
    address: String,
}

impl ProofServer {
    async fn prove_committee_change(&self, store: Store, update: Update) -> anyhow::Result<Vec<u8>> {
        let mut server = TcpStream::connect(&self.address).await?;
        for key in store.current.keys.iter().chain(&update.next.keys) {
            server.write_all(key).await?;
        }
        server.write_all(&update.slot.to_be_bytes()).await?;
        let mut proof = Vec::new();
        server.read_to_end(&mut proof).await?;
        anyhow::ensure!(store.slot < update.slot, "an old update");
        Ok(proof)
    }
}

pub struct Client {
    proofs: ProofServer,
}

impl Client {
    pub async fn prove_committee_change(&self, store: Store, update: Update) -> anyhow::Result<Vec<u8>> {
        Box::pin(self.proofs.prove_committee_change(store, update)).await
    }
}

pub fn follow(
    client: Arc<Client>,
    store: Arc<RwLock<Store>>,
    update: Box<Update>,
) -> JoinHandle<anyhow::Result<Vec<u8>>> {
    tokio::spawn(async move {
        let held = store.read().await.clone();
        let update = *update;
        let proof = Box::pin(client.prove_committee_change(held, update.clone())).await?;
        let mut store = store.write().await;
        store.slot = update.slot;
        store.current = update.next;
        Ok(proof)
    })
}
