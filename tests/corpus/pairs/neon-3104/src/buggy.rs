use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub enum Event {
    Progress(u64),
    End(anyhow::Result<()>),
}

pub struct Worker {
    join: Option<JoinHandle<anyhow::Result<()>>>,
    progress: watch::Receiver<u64>,
}

impl Worker {
    pub async fn next_event(&mut self) -> Event {
        match self.progress.changed().await {
            Ok(()) => Event::Progress(*self.progress.borrow()),
            Err(_) => match self.join.take() { //~ lost-on-cancel
                Some(join) => Event::End(join.await.unwrap_or_else(|e| Err(e.into()))),
                None => Event::End(Ok(())),
            },
        }
    }
}

pub async fn supervise(mut worker: Worker) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            event = worker.next_event() => if let Event::End(_) = event { break },
            _ = tick.tick() => {}
        }
    }
}
