use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

fn overwrite(to: &Path, scratch: &Path, content: &[u8]) -> io::Result<()> {
    let parent = to.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::remove_file(scratch).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(scratch)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    fs::rename(scratch, to)?;
    File::open(parent)?.sync_all()
}

pub async fn crashsafe_overwrite(to: PathBuf, scratch: PathBuf, content: Vec<u8>) -> io::Result<()> {
    tokio::task::spawn_blocking(move || overwrite(&to, &scratch, &content))
        .await
        .expect("a blocking task is never aborted")
}

pub async fn save_header(path: &Path, sequence: u64) -> io::Result<()> {
    let scratch = path.with_extension("tmp");
    crashsafe_overwrite(path.to_path_buf(), scratch, sequence.to_string().into_bytes()).await
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
