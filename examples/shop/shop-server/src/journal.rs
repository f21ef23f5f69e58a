//! The record of what was promised and sold: one line per entry, appended.

use std::io;
use std::path::Path;

use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::sync::Mutex;

pub(crate) struct Journal {
    /// An entry is written in two steps that belong together, so the lock is one that may be held while waiting.
    file: Mutex<BufWriter<File>>,
}

impl Journal {
    pub(crate) async fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path).await?;
        Ok(Self { file: Mutex::new(BufWriter::new(file)) })
    }

    /// Writes an entry through to the operating system.
    pub(crate) async fn append(&self, entry: &str) -> io::Result<()> {
        let mut file = self.file.lock().await;
        file.write_all(entry.as_bytes()).await?;
        file.write_all(b"\n").await?;
        file.flush().await
    }

    /// Writes what is left through to the disk.
    pub(crate) async fn close(&self) -> io::Result<()> {
        let mut file = self.file.lock().await;
        file.flush().await?;
        file.get_ref().sync_all().await
    }
}
