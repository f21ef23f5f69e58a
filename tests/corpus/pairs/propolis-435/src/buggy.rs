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

impl Console {
    pub async fn recv(&mut self) -> Option<anyhow::Result<Message>> {
        let message = self.source.next().await; //~ lost-on-cancel
        if let Some(Ok(Message::Moved(to))) = &message {
            match self.connector.connect(*to).await {
                Ok(source) => self.source = source,
                Err(error) => return Some(Err(error)),
            }
        }
        message
    }
}

pub async fn show(mut console: Console) -> anyhow::Result<()> {
    let mut keys = tokio::time::interval(Duration::from_millis(250));
    loop {
        tokio::select! {
            message = console.recv() => match message {
                Some(Ok(Message::Output(bytes))) => print!("{}", String::from_utf8_lossy(&bytes)),
                Some(Ok(Message::Moved(to))) => println!("moved to {to}"),
                Some(Err(error)) => return Err(error),
                None => return Ok(()),
            },
            _ = keys.tick() => {}
        }
    }
}
