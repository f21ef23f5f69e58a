use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

pub trait Progress: Send + Sync {
    fn received(&self, total: u64);
}

pub async fn capture(program: &str, to: &Path, progress: Arc<dyn Progress>) -> anyhow::Result<u64> {
    let mut target = File::create(to).await?; //~ unflushed-writer
    let mut child = Command::new(program).stdout(Stdio::piped()).spawn()?;
    let mut printed = child.stdout.take().unwrap();
    let copying = tokio::spawn(async move {
        let mut total = 0;
        let mut chunk = [0; 1024];
        loop {
            let length = printed.read(&mut chunk).await?;
            if length == 0 {
                break;
            }
            total += length as u64;
            progress.received(total);
            target.write_all(&chunk[..length]).await?;
        }
        Ok::<(), anyhow::Error>(())
    });
    let status = child.wait().await?;
    copying.await??;
    anyhow::ensure!(status.success(), "{program} failed");
    Ok(tokio::fs::metadata(to).await?.len())
}
