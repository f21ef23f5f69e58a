use std::io;
use std::path::PathBuf;
use tokio::fs::OpenOptions;
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio_stream::{Stream, StreamExt};

pub enum Target {
    File(PathBuf),
    Stdout,
    Stdin,
}

pub enum Event {
    Batch(Vec<Vec<u8>>),
    Head(u64),
}

impl Target {
    pub async fn writer(&self) -> io::Result<Box<dyn AsyncWrite + Send + Unpin>> {
        match self {
            Target::File(path) => {
                let file = OpenOptions::new().write(true).create(true).append(true).open(path).await?;
                Ok(Box::new(BufWriter::new(file)))
            }
            Target::Stdout => Ok(Box::new(BufWriter::new(tokio::io::stdout()))),
            Target::Stdin => panic!("nothing can be written to the standard input"),
        }
    }
}

pub async fn read<S>(mut events: S, output: Option<Target>) -> anyhow::Result<()>
where
    S: Stream<Item = anyhow::Result<Event>> + Unpin,
{
    let mut writer = match output { //~ unflushed-writer
        Some(output) => Some(output.writer().await.unwrap()),
        None => None,
    };
    while let Some(event) = events.next().await {
        match event? {
            Event::Batch(records) => {
                for record in records {
                    eprintln!("got a record of {} bytes", record.len());
                    if let Some(ref mut writer) = writer {
                        writer.write_all(&record).await.unwrap();
                        writer.write_all(b"\n").await.unwrap();
                    }
                }
            }
            Event::Head(next) => eprintln!("next is {next}"),
        }
    }
    Ok(())
}
