use anyhow::anyhow;
use futures::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, RwLock};
use tokio_util::codec::{FramedRead, FramedWrite, LinesCodec};

type Reader = FramedRead<OwnedReadHalf, LinesCodec>;
type Writer = FramedWrite<OwnedWriteHalf, LinesCodec>;

struct Inner {
    reader: RwLock<Reader>,
    writer: RwLock<Writer>,
    topics: RwLock<HashMap<String, broadcast::Sender<String>>>,
    url: String,
}

#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

impl Client {
    pub async fn new(url: impl Into<String>) -> anyhow::Result<Client> {
        let url = url.into();
        let (writer, reader) = stubborn_connect(&url).await;
        let inner = Arc::new(Inner {
            reader: RwLock::new(reader),
            writer: RwLock::new(writer),
            topics: RwLock::new(HashMap::new()),
            url,
        });
        let _task = tokio::task::spawn(stubborn_spin(Arc::downgrade(&inner)));
        Ok(Client { inner })
    }

    pub async fn subscribe(&self, topic: &str) -> anyhow::Result<broadcast::Receiver<String>> {
        let events = {
            let mut topics = self.inner.topics.write().await;
            topics.entry(topic.to_string()).or_insert_with(|| broadcast::channel(16).0).subscribe()
        };
        self.inner.writer.write().await.send(format!("subscribe {topic}")).await?;
        Ok(events)
    }
}

async fn stubborn_connect(url: &str) -> (Writer, Reader) {
    loop {
        if let Ok(socket) = TcpStream::connect(url).await {
            let (read, write) = socket.into_split();
            return (FramedWrite::new(write, LinesCodec::new()), FramedRead::new(read, LinesCodec::new()));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

impl Inner {
    async fn spin_once(&self) -> anyhow::Result<()> {
        let line = self.reader.write().await.next().await.ok_or_else(|| anyhow!("the connection ended"))??;
        let (topic, message) = line.split_once(' ').ok_or_else(|| anyhow!("no topic"))?;
        if let Some(sender) = self.topics.read().await.get(topic) {
            let _ = sender.send(message.to_string());
        }
        Ok(())
    }
}

async fn stubborn_spin(client: Weak<Inner>) -> anyhow::Result<()> {
    while let Some(client) = client.upgrade() {
        match tokio::time::timeout(Duration::from_millis(10), client.spin_once()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                eprintln!("connecting again: {error}");
                let (writer, reader) = stubborn_connect(&client.url).await;
                *client.writer.write().await = writer;
                *client.reader.write().await = reader;
            }
            // Whether the last client is gone is looked at again.
            Err(_) => {}
        }
    }
    Ok(())
}
