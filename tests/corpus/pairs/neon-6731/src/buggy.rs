use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use tokio::sync::{RwLock, RwLockReadGuard};

/// A file of which many may be open; the descriptor is behind a lock because it may be given to another.
pub struct VirtualFile {
    slot: RwLock<File>,
    written: u64,
}

struct FileGuard<'a>(RwLockReadGuard<'a, File>);

impl FileGuard<'_> {
    fn with_std_file<R>(&self, with: impl FnOnce(&File) -> R) -> R {
        with(&self.0)
    }
}

impl VirtualFile {
    async fn open_with(path: &Path, options: &OpenOptions) -> io::Result<VirtualFile> {
        Ok(VirtualFile { slot: RwLock::new(options.open(path)?), written: 0 })
    }

    async fn lock_file(&self) -> FileGuard<'_> {
        FileGuard(self.slot.read().await)
    }

    async fn write_all(&mut self, mut content: &[u8]) -> io::Result<()> {
        while !content.is_empty() {
            let at = self.written;
            let count = self.lock_file().await.with_std_file(|file| file.write_at(content, at))?;
            self.written += count as u64;
            content = &content[count..];
        }
        Ok(())
    }

    async fn sync_all(&self) -> io::Result<()> {
        self.lock_file().await.with_std_file(|file| file.sync_all()) //~ blocking-call
    }

    pub async fn crashsafe_overwrite(to: &Path, scratch: &Path, content: Vec<u8>) -> io::Result<()> {
        let parent = to.parent().ok_or(io::ErrorKind::InvalidInput)?;
        fs::remove_file(scratch).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        let mut file = Self::open_with(scratch, OpenOptions::new().write(true).create_new(true)).await?;
        file.write_all(&content).await?;
        file.sync_all().await?;
        drop(file);
        fs::rename(scratch, to)?;
        Self::open_with(parent, OpenOptions::new().read(true)).await?.sync_all().await
    }
}

pub async fn save_header(path: &Path, sequence: u64) -> io::Result<()> {
    let scratch = path.with_extension("tmp");
    VirtualFile::crashsafe_overwrite(path, &scratch, sequence.to_string().into_bytes()).await
}

pub fn keep_saved(path: &'static Path, mut sequences: tokio::sync::mpsc::Receiver<u64>) {
    tokio::spawn(async move {
        while let Some(sequence) = sequences.recv().await {
            if let Err(error) = save_header(path, sequence).await {
                eprintln!("header not saved: {error}");
            }
        }
    });
}
