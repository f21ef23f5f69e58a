use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub struct Backend<IO> {
    io: IO,
    finished: bool,
}

#[async_trait::async_trait]
pub trait QueryHandler<IO> { //~ boxed-by-async-trait
    /// One query, whose answer is flushed by the caller.
    async fn process_query(&mut self, backend: &mut Backend<IO>, query: &str) -> io::Result<()>;

    fn startup(&mut self, _parameters: &str) -> io::Result<()> {
        Ok(())
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Backend<IO> {
    pub fn new(io: IO) -> Self {
        Backend { io, finished: false }
    }

    pub async fn run(mut self, handler: &mut impl QueryHandler<IO>) -> io::Result<()> {
        handler.startup("")?;
        let mut query = [0; 64];
        while !self.finished {
            let length = self.io.read(&mut query).await?;
            let text = String::from_utf8_lossy(&query[..length]).into_owned();
            handler.process_query(&mut self, &text).await?;
            self.io.flush().await?;
        }
        Ok(())
    }

    pub async fn answer(&mut self, text: &[u8]) -> io::Result<()> {
        self.finished = text.is_empty();
        self.io.write_all(text).await
    }
}

pub struct Echo;

#[async_trait::async_trait]
impl<IO: AsyncRead + AsyncWrite + Unpin + Send> QueryHandler<IO> for Echo {
    async fn process_query(&mut self, backend: &mut Backend<IO>, query: &str) -> io::Result<()> {
        backend.answer(query.as_bytes()).await
    }
}
