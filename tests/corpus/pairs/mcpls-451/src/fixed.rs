use std::collections::HashMap;
use std::ops::ControlFlow;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub enum Command {
    Send(String),
    Shutdown,
}

pub struct Transport {
    stdin: ChildStdin,
}

pub struct Reader {
    stdout: BufReader<ChildStdout>,
}

struct AbortOnDrop(JoinHandle<anyhow::Result<()>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Transport {
    async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        let head = format!("Content-Length: {}\r\n\r\n", text.len());
        self.stdin.write_all(head.as_bytes()).await?;
        self.stdin.write_all(text.as_bytes()).await?;
        self.stdin.flush().await?;
        Ok(())
    }
}

impl Reader {
    async fn receive_all(mut self, messages: mpsc::Sender<String>) -> anyhow::Result<()> {
        loop {
            let headers = self.headers().await?;
            let length = headers.get("content-length").map_or(Ok(0), |text| text.parse())?;
            let text = self.content(length).await?;
            if text != "null" {
                messages.send(text).await?;
            }
        }
    }

    async fn headers(&mut self) -> anyhow::Result<HashMap<String, String>> {
        let mut headers = HashMap::new();
        let mut line = String::new();
        loop {
            line.clear();
            if self.stdout.read_line(&mut line).await? == 0 {
                anyhow::bail!("the server is gone");
            }
            match line.trim_end().split_once(':') {
                Some((key, value)) => headers.insert(key.to_lowercase(), value.trim().to_string()),
                None => return Ok(headers),
            };
        }
    }

    async fn content(&mut self, length: usize) -> anyhow::Result<String> {
        let mut buffer = vec![0; length];
        self.stdout.read_exact(&mut buffer).await?;
        Ok(String::from_utf8(buffer)?)
    }
}

pub async fn run(
    mut transport: Transport,
    reader: Reader,
    mut commands: mpsc::Receiver<Command>,
    answers: mpsc::Sender<String>,
) -> anyhow::Result<()> {
    let (received, mut messages) = mpsc::channel(64);
    let _reading = AbortOnDrop(tokio::spawn(reader.receive_all(received)));
    loop {
        tokio::select! {
            Some(command) = commands.recv() => match on_command(&mut transport, command).await? {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(()) => return Ok(()),
            },
            message = messages.recv() => match message {
                Some(message) => answers.send(message).await?,
                None => anyhow::bail!("the server is gone"),
            },
        }
    }
}

async fn on_command(transport: &mut Transport, command: Command) -> anyhow::Result<ControlFlow<()>> {
    match command {
        Command::Send(text) => transport.send(&text).await?,
        Command::Shutdown => return Ok(ControlFlow::Break(())),
    }
    Ok(ControlFlow::Continue(()))
}
