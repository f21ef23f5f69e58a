use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, oneshot};

#[derive(Clone)]
pub struct Report {
    pub step: u32,
    pub is_last: bool,
}

pub enum Running {
    Initial(oneshot::Sender<mpsc::UnboundedReceiver<Report>>),
    Reporting(mpsc::UnboundedSender<Report>),
    Closed,
    Invalid,
}

impl Running {
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Invalid)
    }

    fn send_on(sender: mpsc::UnboundedSender<Report>, report: Report) -> Self {
        let is_last = report.is_last;
        _ = sender.send(report);
        if is_last { Self::Closed } else { Self::Reporting(sender) }
    }
}

pub struct Server {
    running: Arc<Mutex<HashMap<u64, Running>>>,
}

impl Server {
    pub async fn report_progress(&self, id: u64, report: Report) -> bool {
        let mut running = self.running.lock().unwrap();
        let Some(update) = running.get_mut(&id) else {
            return false;
        };
        match update.take() {
            Running::Initial(start) => {
                let (sender, receiver) = mpsc::unbounded_channel();
                _ = start.send(receiver);
                *update = Running::send_on(sender, report);
            }
            Running::Reporting(sender) => {
                *update = Running::send_on(sender, report);
            }
            Running::Closed => *update = Running::Closed,
            Running::Invalid => unreachable!("no state"),
        }
        true
    }
}
