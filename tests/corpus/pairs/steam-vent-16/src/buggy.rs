use futures::{Sink, SinkExt};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task::spawn;
use tokio::time::sleep;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

type Writer = Arc<Mutex<dyn Sink<bytes::Bytes, Error = io::Error> + Unpin + Send>>;

#[derive(Clone)]
pub struct MessageSender {
    write: Writer,
}

impl MessageSender {
    pub async fn send(&self, message: bytes::Bytes) -> io::Result<()> {
        self.write.lock().await.send(message).await
    }
}

pub struct Connection {
    session: u32,
    heartbeat: Duration,
    sender: MessageSender,
}

impl Connection {
    async fn connect(address: &str) -> io::Result<Self> {
        let socket = TcpStream::connect(address).await?;
        let frames = Framed::new(socket, LengthDelimitedCodec::new());
        Ok(Connection {
            session: 0,
            heartbeat: Duration::from_secs(9),
            sender: MessageSender { write: Arc::new(Mutex::new(frames)) },
        })
    }

    pub async fn anonymous(address: &str) -> io::Result<Self> {
        let mut connection = Self::connect(address).await?;
        connection.send(b"hello").await?;
        connection.session = 1;
        connection.set_up_heartbeat();
        Ok(connection)
    }

    fn set_up_heartbeat(&self) {
        let sender = self.sender.clone();
        let interval = self.heartbeat;
        let session = self.session;
        spawn(async move { //~ detached-task
            loop {
                sleep(interval).await;
                let message = bytes::Bytes::from(session.to_be_bytes().to_vec());
                if let Err(error) = sender.send(message).await {
                    eprintln!("the heartbeat was not sent: {error}");
                }
            }
        });
    }

    pub async fn send(&self, message: &'static [u8]) -> io::Result<()> {
        self.sender.send(bytes::Bytes::from_static(message)).await
    }
}
