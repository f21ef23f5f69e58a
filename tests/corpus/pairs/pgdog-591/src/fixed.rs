use bytes::{Buf, BytesMut};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, Notify};

pub struct Message(Vec<u8>);

#[derive(Default)]
pub struct MessageBuffer {
    bytes: BytesMut,
}

impl MessageBuffer {
    fn size(&self) -> Option<usize> {
        let mut head = self.bytes.get(1..5)?;
        Some(head.get_i32() as usize + 1)
    }

    /// Can be dropped at any time: what was read is in the buffer.
    async fn read(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> anyhow::Result<Message> {
        loop {
            if let Some(size) = self.size() {
                if self.bytes.len() >= size {
                    return Ok(Message(self.bytes.split_to(size).to_vec()));
                }
                self.bytes.reserve(size);
            }
            if stream.read_buf(&mut self.bytes).await? == 0 {
                anyhow::bail!("the client is gone");
            }
        }
    }
}

pub struct Client {
    stream: BufStream<TcpStream>,
    buffer: MessageBuffer,
    requests: Vec<Message>,
    idle: Duration,
}

impl Client {
    async fn buffer(&mut self) -> anyhow::Result<bool> {
        loop {
            let read = self.buffer.read(&mut self.stream);
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
                    Some(message) => self.stream.write_all(&message.0).await?,
                    None => return Ok(()),
                },
                more = self.buffer() => {
                    if !more? {
                        return Ok(());
                    }
                    self.requests.clear();
                }
            }
        }
    }
}
