use std::io;
use std::sync::Arc;
use tokio::io::{AsyncWriteExt, BufWriter};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Semaphore, mpsc};

const PASSES: u32 = 1 << 20;

#[derive(Clone)]
pub struct Gate(Arc<Semaphore>);

pub struct GatePass(Arc<Semaphore>);

impl Gate {
    fn enter(&self) -> Option<GatePass> {
        self.0.try_acquire().ok()?.forget();
        Some(GatePass(self.0.clone()))
    }

    /// Comes back when all passes have.
    pub async fn close(&self) {
        let _all = self.0.acquire_many(PASSES).await;
        self.0.close();
    }
}

impl Drop for GatePass {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

pub struct Timeline {
    gate: Gate,
    pages: Vec<Vec<u8>>,
}

impl Timeline {
    pub async fn shutdown(&self) {
        self.gate.close().await;
    }
}

struct Handle {
    timeline: Arc<Timeline>,
    _pass: GatePass,
}

/// Waits in the channel while the batch before it is answered.
struct Batch {
    handle: Handle,
    page: usize,
}

async fn execute(mut batches: mpsc::Receiver<Batch>, mut output: BufWriter<OwnedWriteHalf>) -> io::Result<()> {
    while let Some(Batch { handle, page }) = batches.recv().await {
        let answer = handle.timeline.pages[page].clone();
        drop(handle);
        output.write_all(&answer).await?;
        output.flush().await?; //~ guard-held-across-await
    }
    Ok(())
}

async fn batch(timeline: Arc<Timeline>, input: OwnedReadHalf, batches: mpsc::Sender<Batch>) -> io::Result<()> {
    loop {
        input.readable().await?;
        let mut page = [0];
        if input.try_read(&mut page)? == 0 {
            return Ok(());
        }
        let Some(pass) = timeline.gate.enter() else { return Ok(()) };
        let handle = Handle { timeline: timeline.clone(), _pass: pass };
        if batches.send(Batch { handle, page: page[0] as usize }).await.is_err() {
            return Ok(());
        }
    }
}

pub async fn serve(timeline: Arc<Timeline>, input: OwnedReadHalf, output: OwnedWriteHalf) -> io::Result<()> {
    let (tx, rx) = mpsc::channel(1);
    tokio::try_join!(batch(timeline, input, tx), execute(rx, BufWriter::new(output)))?;
    Ok(())
}
