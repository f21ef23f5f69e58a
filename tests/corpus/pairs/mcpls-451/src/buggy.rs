use std::collections::HashMap;
use std::ops::ControlFlow;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::mpsc;

pub enum Command {
    Send(String),
    Shutdown,
}

pub struct Transport {
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Transport {
    async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        let head = format!("Content-Length: {}\r\n\r\n", text.len());
        self.stdin.write_all(head.as_bytes()).await?;
        self.stdin.write_all(text.as_bytes()).await?;
        self.stdin.flush().await?;
        Ok(())
    }

    async fn receive(&mut self) -> anyhow::Result<String> {
        loop {
            let headers = self.headers().await?;
            let length = headers.get("content-length").map_or(Ok(0), |text| text.parse())?;
            let text = self.content(length).await?;
            if text != "null" {
                return Ok(text);
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
    mut commands: mpsc::Receiver<Command>,
    answers: mpsc::Sender<String>,
) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            Some(command) = commands.recv() => match on_command(&mut transport, command).await? {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(()) => return Ok(()),
            },
            message = transport.receive() => { //~ not-cancel-safe-in-select
                answers.send(message?).await?;
            }
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
