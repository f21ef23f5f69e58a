use futures::stream::FuturesUnordered;
use futures::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, Semaphore};

pub struct Instances {
    free: Semaphore,
}

impl Instances {
    async fn call(&self, reducer: &str) -> anyhow::Result<()> {
        let _instance = self.free.acquire().await?;
        tokio::time::sleep(Duration::from_millis(reducer.len() as u64)).await;
        Ok(())
    }
}

#[derive(Clone)]
pub struct Client {
    instances: Arc<Instances>,
}

impl Client {
    async fn handle(&self, message: String) -> anyhow::Result<()> {
        anyhow::ensure!(!message.is_empty(), "an empty message");
        self.instances.call(&message).await
    }

    async fn disconnected(&self) -> anyhow::Result<()> {
        self.instances.call("__disconnected__").await
    }
}

pub async fn connection(client: Client, mut socket: mpsc::Receiver<String>) {
    let mut alive = tokio::time::interval(Duration::from_secs(60));
    let mut running = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(handled) = running.next() => {
                if let Err(error) = handled {
                    eprintln!("a message failed: {error:#}");
                }
            }
            message = socket.recv() => match message {
                Some(message) => running.push(client.handle(message)),
                None => break,
            },
            _ = alive.tick() => {}
        }
    }
    let _ = client.disconnected().await; //~ futurelock
}
