use anyhow::anyhow;
use futures::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, RwLock};
use tokio_util::codec::{FramedRead, FramedWrite, LinesCodec};

type Reader = FramedRead<OwnedReadHalf, LinesCodec>;
type Writer = FramedWrite<OwnedWriteHalf, LinesCodec>;

#[derive(Clone)]
pub struct Client {
    reader: Arc<RwLock<Reader>>,
    writer: Arc<RwLock<Writer>>,
    topics: Arc<RwLock<HashMap<String, broadcast::Sender<String>>>>,
    url: String,
}

impl Client {
    pub async fn new(url: impl Into<String>) -> anyhow::Result<Client> {
        let url = url.into();
        let (writer, reader) = Client::stubborn_connect(&url).await;
        let client = Client {
            reader: Arc::new(RwLock::new(reader)),
            writer: Arc::new(RwLock::new(writer)),
            topics: Arc::new(RwLock::new(HashMap::new())),
            url,
        };
        let copy = client.clone();
        let _task = tokio::task::spawn(copy.stubborn_spin()); //~ detached-task
        Ok(client)
    }

    pub async fn subscribe(&self, topic: &str) -> anyhow::Result<broadcast::Receiver<String>> {
        let mut topics = self.topics.write().await;
        let sender = topics.entry(topic.to_string()).or_insert_with(|| broadcast::channel(16).0);
        let events = sender.subscribe();
        self.writer.write().await.send(format!("subscribe {topic}")).await?;
        Ok(events)
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

    async fn spin(&mut self) -> anyhow::Result<()> {
        loop {
            let line = self.reader.write().await.next().await.ok_or_else(|| anyhow!("the connection ended"))??;
            let (topic, message) = line.split_once(' ').ok_or_else(|| anyhow!("no topic"))?;
            if let Some(sender) = self.topics.read().await.get(topic) {
                let _ = sender.send(message.to_string());
            }
        }
    }

    async fn stubborn_spin(mut self) -> anyhow::Result<()> {
        loop {
            let ended = self.spin().await;
            if ended.is_err() {
                eprintln!("connecting again: {}", ended.err().unwrap());
            } else {
                panic!("spin has no end");
            }
            let (writer, reader) = Client::stubborn_connect(&self.url).await;
            *self.writer.write().await = writer;
            *self.reader.write().await = reader;
        }
    }
}
