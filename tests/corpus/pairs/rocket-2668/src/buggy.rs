use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;

pub enum Upload<'a> {
    OnDisk { path: PathBuf },
    InMemory { bytes: &'a [u8] },
}

impl Upload<'_> {
    pub async fn persist(&mut self, to: impl AsRef<Path>) -> io::Result<()> {
        let to = to.as_ref().to_path_buf();
        match self {
            Upload::OnDisk { path } => {
                let from = mem::take(path);
                if let Err(error) = fs::rename(&from, &to).await {
                    *path = from;
                    return Err(error);
                }
                *path = to;
            }
            Upload::InMemory { bytes } => {
                let mut file = File::create(&to).await?; //~ unflushed-writer
                file.write_all(bytes).await?;
                *self = Upload::OnDisk { path: to };
            }
        }
        Ok(())
    }

    pub fn path(&self) -> Option<&Path> {
        match self {
            Upload::OnDisk { path } => Some(path),
            Upload::InMemory { .. } => None,
        }
    }
}
