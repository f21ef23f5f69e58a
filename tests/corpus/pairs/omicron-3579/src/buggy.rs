use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, Mutex};

#[derive(Clone)]
pub struct Report {
    pub step: u32,
    pub is_last: bool,
}

pub enum Running {
    Initial(oneshot::Sender<mpsc::Receiver<Report>>),
    Reporting(mpsc::Sender<Report>),
    Closed,
    Invalid,
}

impl Running {
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Invalid)
    }

    async fn send_on(sender: mpsc::Sender<Report>, report: Report) -> Self {
        let is_last = report.is_last;
        _ = sender.send(report).await;
        if is_last { Self::Closed } else { Self::Reporting(sender) }
    }
}

pub struct Server {
    running: Arc<Mutex<HashMap<u64, Running>>>,
}

impl Server {
    /// Handles a request; the server that calls it drops it when the client is gone.
    pub async fn report_progress(&self, id: u64, report: Report) -> bool {
        let mut running = self.running.lock().await;
        let Some(update) = running.get_mut(&id) else {
            return false;
        };
        match update.take() { //~ lost-on-cancel
            Running::Initial(start) => {
                let (sender, receiver) = mpsc::channel(16);
                _ = start.send(receiver);
                *update = Running::send_on(sender, report).await;
            }
            Running::Reporting(sender) => {
                *update = Running::send_on(sender, report).await;
            }
            Running::Closed => *update = Running::Closed,
            Running::Invalid => unreachable!("no state"),
        }
        true
    }
}
