use bytes::{BufMut, BytesMut};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, Notify};

pub struct Message(Vec<u8>);

pub struct Stream {
    io: BufStream<TcpStream>,
    in_progress: bool,
}

impl Stream {
    async fn read_buf(&mut self, bytes: &mut BytesMut) -> anyhow::Result<Message> {
        let result = async {
            let code = self.io.read_u8().await?;
            self.in_progress = true;
            bytes.put_u8(code);
            let length = self.io.read_i32().await?;
            bytes.put_i32(length);
            let whole = usize::try_from(length)? + 1;
            bytes.resize(whole, 0);
            self.io.read_exact(&mut bytes[5..whole]).await?;
            Ok(Message(bytes.split().to_vec()))
        }
        .await;
        self.in_progress = false;
        result
    }
}

pub struct Client {
    stream: Stream,
    buffer: BytesMut,
    requests: Vec<Message>,
    idle: Duration,
}

impl Client {
    async fn buffer(&mut self) -> anyhow::Result<bool> {
        self.requests.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer);
            let message = match tokio::time::timeout(self.idle, read).await {
                Ok(message) => message?,
                Err(_) => return Ok(false),
            };
            let is_last = message.0.first() == Some(&b'S');
            self.requests.push(message);
            if is_last {
                return Ok(true);
            }
        }
    }

    pub async fn run(&mut self, backend: &mut mpsc::Receiver<Message>, shutdown: &Notify) -> anyhow::Result<()> {
        loop {
            tokio::select! {
                _ = shutdown.notified() => return Ok(()),
                message = backend.recv() => match message {
                    Some(message) => self.stream.io.write_all(&message.0).await?,
                    None => return Ok(()),
                },
                more = self.buffer() => if !more? { //~ not-cancel-safe-in-select
                    return Ok(());
                },
            }
        }
    }
}
