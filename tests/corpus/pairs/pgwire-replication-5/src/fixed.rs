use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;

pub struct Message {
    tag: u8,
    payload: Vec<u8>,
}

/// What was read of the message that comes next.
#[derive(Default)]
pub struct Partial {
    bytes: Vec<u8>,
    filled: usize,
}

impl Partial {
    async fn read<R: AsyncRead + Unpin>(&mut self, stream: &mut R) -> anyhow::Result<Message> {
        loop {
            let wanted = match self.bytes.get(1..5) {
                Some(length) if self.filled >= 5 => 1 + usize::try_from(i32::from_be_bytes(length.try_into()?))?,
                _ => 5,
            };
            if wanted > 5 && self.filled == wanted || wanted == 5 && self.filled == 5 {
                let message = Message { tag: self.bytes[0], payload: self.bytes[5..wanted].to_vec() };
                *self = Self::default();
                return Ok(message);
            }
            self.bytes.resize(wanted, 0);
            let count = stream.read(&mut self.bytes[self.filled..wanted]).await?;
            if count == 0 {
                anyhow::bail!("the server is gone");
            }
            self.filled += count;
        }
    }
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
        let mut partial = Partial::default();
        loop {
            let message = tokio::select! {
                biased;
                _ = self.stop.changed() => {
                    if *self.stop.borrow() {
                        return Ok(());
                    }
                    continue;
                }
                read = tokio::time::timeout(self.idle, partial.read(stream)) => match read {
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
