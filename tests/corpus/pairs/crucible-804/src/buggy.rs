use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

pub struct Request {
    bytes: Option<usize>,
}

impl Request {
    async fn size(&self) -> Option<usize> {
        self.bytes
    }
}

pub struct Guest {
    requests: Mutex<VecDeque<Request>>,
    notify: Notify,
    byte_limit: usize,
    operation_limit: usize,
    bytes: Mutex<usize>,
    operations: Mutex<usize>,
}

impl Guest {
    async fn consume(&self) -> Option<Request> {
        let mut requests = self.requests.lock().await;
        let next = requests.front()?;
        if *self.bytes.lock().await >= self.byte_limit || *self.operations.lock().await >= self.operation_limit {
            return None;
        }
        if let Some(size) = next.size().await {
            let mut bytes = self.bytes.lock().await;
            *bytes += size; //~ half-done-on-cancel
        }
        let mut operations = self.operations.lock().await;
        *operations += 1;
        requests.pop_front()
    }

    async fn recv(&self) -> Request {
        loop {
            if let Some(request) = self.consume().await {
                return request;
            }
            self.notify.notified().await;
        }
    }

    pub async fn leak(&self) {
        *self.bytes.lock().await = 0;
        *self.operations.lock().await = 0;
        self.notify.notify_one();
    }
}

pub async fn serve(guest: Arc<Guest>) {
    let mut leaks = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            request = guest.recv() => println!("{:?}", request.bytes),
            _ = leaks.tick() => guest.leak().await,
        }
    }
}
