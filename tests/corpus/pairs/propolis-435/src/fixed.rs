use futures::{Stream, StreamExt};
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

pub enum Message {
    Output(Vec<u8>),
    Moved(SocketAddr),
}

type Source = Pin<Box<dyn Stream<Item = anyhow::Result<Message>> + Send>>;

#[async_trait::async_trait]
pub trait Connect: Send + Sync {
    async fn connect(&self, to: SocketAddr) -> anyhow::Result<Source>;
}

pub struct Console {
    connector: Box<dyn Connect>,
    source: Source,
}

/// A message that was received and not yet worked on.
pub struct Received<'a> {
    console: &'a mut Console,
    message: Message,
}

impl Console {
    pub async fn recv(&mut self) -> Option<anyhow::Result<Received<'_>>> {
        let message = self.source.next().await?;
        Some(message.map(|message| Received { console: self, message }))
    }
}

impl Received<'_> {
    pub async fn process(self) -> anyhow::Result<Message> {
        if let Message::Moved(to) = &self.message {
            self.console.source = self.console.connector.connect(*to).await?;
        }
        Ok(self.message)
    }
}

pub async fn show(mut console: Console) -> anyhow::Result<()> {
    let mut keys = tokio::time::interval(Duration::from_millis(250));
    loop {
        tokio::select! {
            message = console.recv() => match message {
                Some(message) => match message?.process().await? {
                    Message::Output(bytes) => print!("{}", String::from_utf8_lossy(&bytes)),
                    Message::Moved(to) => println!("moved to {to}"),
                },
                None => return Ok(()),
            },
            _ = keys.tick() => {}
        }
    }
}
