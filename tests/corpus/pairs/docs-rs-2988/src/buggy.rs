use async_compression::tokio::write;
use std::path::Path;
use tokio::fs::File;
use tokio::io::{AsyncWrite, BufReader, BufWriter};

#[derive(Clone, Copy)]
pub enum Format {
    Zstd,
    Gzip,
}

fn compressing<'a>(
    sink: impl AsyncWrite + Unpin + Send + 'a,
    format: Format,
) -> Box<dyn AsyncWrite + Unpin + 'a> {
    match format {
        Format::Zstd => Box::new(BufWriter::new(write::ZstdEncoder::new(sink))),
        Format::Gzip => Box::new(BufWriter::new(write::GzipEncoder::new(sink))),
    }
}

pub async fn store_index(index: &Path, format: Format) -> anyhow::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    tokio::io::copy( //~ unflushed-writer
        &mut BufReader::new(File::open(index).await?),
        &mut compressing(&mut compressed, format),
    )
    .await?;
    anyhow::ensure!(!compressed.is_empty(), "nothing was compressed");
    Ok(compressed)
}
