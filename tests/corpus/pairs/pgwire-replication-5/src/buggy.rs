use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;

pub struct Message {
    tag: u8,
    payload: Vec<u8>,
}

async fn read_message<R: AsyncRead + Unpin>(stream: &mut R) -> anyhow::Result<Message> {
    let mut head = [0u8; 5];
    stream.read_exact(&mut head).await?;
    let length = i32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    let mut payload = vec![0; usize::try_from(length)?.saturating_sub(4)];
    stream.read_exact(&mut payload).await?;
    Ok(Message { tag: head[0], payload })
}

pub struct Worker {
    idle: Duration,
    stop: watch::Receiver<bool>,
    applied: u64,
}

impl Worker {
    async fn feedback<S: AsyncWrite + Unpin>(&self, stream: &mut S) -> anyhow::Result<()> {
        stream.write_u64(self.applied).await?;
        Ok(stream.flush().await?)
    }

    pub async fn replicate<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> anyhow::Result<()> {
        loop {
            let message = tokio::select! {
                biased;
                _ = self.stop.changed() => {
                    if *self.stop.borrow() {
                        return Ok(());
                    }
                    continue;
                }
                read = tokio::time::timeout(self.idle, read_message(stream)) => match read { //~ not-cancel-safe-in-select
                    Ok(message) => message?,
                    Err(_) => {
                        self.feedback(stream).await?;
                        continue;
                    }
                },
            };
            match message.tag {
                b'd' => self.applied += message.payload.len() as u64,
                b'E' => anyhow::bail!("the server said no"),
                _ => {}
            }
        }
    }
}
