use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::broadcast;

pub struct Connector {
    events: broadcast::Sender<String>,
}

impl Connector {
    pub async fn stream<R, W>(&self, reader: &mut R, writer: &mut W) -> anyhow::Result<()>
    where
        R: AsyncBufRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let mut events = self.events.subscribe();
        let mut envelopes = reader.lines();
        let mut starting = Box::pin(tokio::time::sleep(std::time::Duration::from_millis(50)));
        let mut is_starting = true;
        loop {
            let event = tokio::select! {
                () = &mut starting, if is_starting => {
                    is_starting = false;
                    continue;
                }
                read = envelopes.next_line() => match read? {
                    None => return Ok(()),
                    Some(request) => {
                        eprintln!("not expected: {request}");
                        continue;
                    }
                },
                event = events.recv() => match event {
                    Ok(event) => event,
                    Err(broadcast::error::RecvError::Lagged(_)) => continue,
                    Err(broadcast::error::RecvError::Closed) => return Ok(()),
                },
            };
            writer.write_all(event.as_bytes()).await?;
        }
    }
}
