use async_compression::tokio::write;
use std::io;
use std::path::Path;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

#[derive(Clone, Copy)]
pub enum Format {
    Zstd,
    Gzip,
}

async fn compress<R, W>(mut from: R, to: W, format: Format) -> io::Result<()>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send,
{
    match format {
        Format::Zstd => {
            let mut encoder = write::ZstdEncoder::new(to);
            tokio::io::copy(&mut from, &mut encoder).await?;
            encoder.shutdown().await?;
        }
        Format::Gzip => {
            let mut encoder = write::GzipEncoder::new(to);
            tokio::io::copy(&mut from, &mut encoder).await?;
            encoder.shutdown().await?;
        }
    }
    Ok(())
}

pub async fn store_index(index: &Path, format: Format) -> anyhow::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    compress(BufReader::new(File::open(index).await?), &mut compressed, format).await?;
    anyhow::ensure!(!compressed.is_empty(), "nothing was compressed");
    Ok(compressed)
}
