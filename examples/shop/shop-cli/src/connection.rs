//! One connection to the service.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use shop_core::protocol::{Message, Request};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

const ANSWER_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error("no service at {address}")]
    Unreachable { address: SocketAddr, source: io::Error },
    #[error("the service closed the connection")]
    Closed,
    #[error("no answer within {} seconds", ANSWER_WITHIN.as_secs())]
    NoAnswer,
    #[error("{0}")]
    Refused(String),
    #[error("the service sent something else than an answer: {0}")]
    Garbled(#[from] serde_json::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

pub(crate) struct Connection {
    lines: Lines<BufReader<OwnedReadHalf>>,
    writer: OwnedWriteHalf,
    /// Notices that arrived while an answer was awaited.
    notices: VecDeque<Message>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, ClientError> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|source| ClientError::Unreachable { address, source })?;
        let (reader, writer) = stream.into_split();
        Ok(Self { lines: BufReader::new(reader).lines(), writer, notices: VecDeque::new() })
    }

    /// Sends a request and waits for its answer. A refusal is an error.
    pub(crate) async fn ask(&mut self, request: &Request) -> Result<Message, ClientError> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.writer.write_all(&line).await?;
        match timeout(ANSWER_WITHIN, self.answer()).await.map_err(|_| ClientError::NoAnswer)?? {
            Message::Refused { why } => Err(ClientError::Refused(why)),
            answer => Ok(answer),
        }
    }

    /// The next notice, however long it takes.
    pub(crate) async fn notice(&mut self) -> Result<Message, ClientError> {
        match self.notices.pop_front() {
            Some(notice) => Ok(notice),
            None => self.receive().await,
        }
    }

    async fn answer(&mut self) -> Result<Message, ClientError> {
        loop {
            let message = self.receive().await?;
            if !message.is_notice() {
                return Ok(message);
            }
            self.notices.push_back(message);
        }
    }

    async fn receive(&mut self) -> Result<Message, ClientError> {
        let line = self.lines.next_line().await?.ok_or(ClientError::Closed)?;
        Ok(serde_json::from_str(&line)?)
    }
}
