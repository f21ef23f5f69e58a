use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

pub struct Request {
    bytes: Option<usize>,
}

impl Request {
    fn size(&self) -> Option<usize> {
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
    /// Has no await behind the locks.
    async fn consume(&self) -> Option<Request> {
        let mut requests = self.requests.lock().await;
        let mut bytes = self.bytes.lock().await;
        let mut operations = self.operations.lock().await;
        self.consume_locked(&mut requests, &mut bytes, &mut operations)
    }

    fn consume_locked(
        &self,
        requests: &mut VecDeque<Request>,
        bytes: &mut usize,
        operations: &mut usize,
    ) -> Option<Request> {
        let next = requests.front()?;
        if *bytes >= self.byte_limit || *operations >= self.operation_limit {
            return None;
        }
        if let Some(size) = next.size() {
            *bytes += size;
        }
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
