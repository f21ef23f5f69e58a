use std::future::Future;
use std::path::{Path, PathBuf};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

pub trait Remote {
    fn local_path(&self, key: &str) -> Option<PathBuf>;
    fn open(&self, key: &str) -> impl Future<Output = anyhow::Result<Box<dyn AsyncRead + Send + Unpin>>> + Send;
}

pub enum Cached {
    InPlace { path: PathBuf },
    Downloaded { path: PathBuf },
}

impl Cached {
    pub async fn fetch<R: Remote>(remote: &R, key: &str, into: &Path) -> anyhow::Result<Self> {
        if let Some(path) = remote.local_path(key) {
            return Ok(Self::InPlace { path });
        }
        let path = into.join("object");
        let mut copy = File::create(path.clone()).await?;
        let mut source = remote.open(key).await?;
        let mut chunk = [0; 4096];
        loop {
            let length = source.read(&mut chunk).await?;
            if length == 0 {
                copy.flush().await?;
                break;
            }
            copy.write_all(&chunk[..length]).await?;
        }
        Ok(Self::Downloaded { path })
    }

    pub async fn checksum(&self) -> anyhow::Result<u64> {
        let (Self::InPlace { path } | Self::Downloaded { path }) = self;
        let path = path.clone();
        let bytes = tokio::task::spawn_blocking(move || std::fs::read(path)).await??;
        Ok(bytes.iter().map(|byte| u64::from(*byte)).sum())
    }
}
