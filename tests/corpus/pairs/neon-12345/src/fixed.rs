use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{pin, Pin};
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::oneshot;

pub trait Processing: Send + 'static {
    type Request: Send + 'static;
    type Response: Send;

    fn apply(&mut self, batch: Vec<Self::Request>) -> impl Future<Output = Vec<Self::Response>> + Send;
}

struct Job<P: Processing> {
    request: P::Request,
    reply: oneshot::Sender<P::Response>,
}

struct Queue<P: Processing> {
    next: u64,
    jobs: BTreeMap<u64, Job<P>>,
}

impl<P: Processing> Queue<P> {
    fn register(&mut self, request: P::Request) -> (u64, oneshot::Receiver<P::Response>) {
        let (reply, answer) = oneshot::channel();
        let id = self.next;
        self.jobs.insert(id, Job { request, reply });
        self.next += 1;
        (id, answer)
    }

    fn batch(&mut self) -> (Vec<P::Request>, Vec<oneshot::Sender<P::Response>>) {
        let mut requests = Vec::with_capacity(8);
        let mut replies = Vec::with_capacity(8);
        while requests.len() < 8 {
            let Some((_, job)) = self.jobs.pop_first() else {
                break;
            };
            requests.push(job.request);
            replies.push(job.reply);
        }
        (requests, replies)
    }
}

pub struct Batches<P: Processing> {
    processor: tokio::sync::Mutex<P>,
    queue: Mutex<Queue<P>>,
}

impl<P: Processing> Batches<P> {
    /// Not to be dropped before it is done: it stops by itself when `ended` is, as long as it has taken nothing.
    pub async fn call<R>(
        &self,
        request: P::Request,
        mut ended: Pin<&mut impl Future<Output = R>>,
    ) -> Result<Option<P::Response>, R> {
        let (id, mut answer) = self.queue.lock().unwrap().register(request);
        loop {
            let mut processor = tokio::select! {
                response = &mut answer => return Ok(response.ok()),
                processor = self.processor.lock() => processor,
                end = ended.as_mut() => {
                    self.queue.lock().unwrap().jobs.remove(&id);
                    return Err(end);
                }
            };
            let (requests, replies) = self.queue.lock().unwrap().batch();
            let responses = processor.apply(requests).await;
            for (reply, response) in replies.into_iter().zip(responses) {
                _ = reply.send(response);
            }
            if let Ok(response) = answer.try_recv() {
                return Ok(Some(response));
            }
        }
    }
}

pub struct Keys;

impl Processing for Keys {
    type Request = u64;
    type Response = bool;

    async fn apply(&mut self, batch: Vec<u64>) -> Vec<bool> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        batch.iter().map(|key| key % 2 == 0).collect()
    }
}

pub struct Session {
    key: u64,
}

impl Session {
    pub async fn run(&self, batches: &Batches<Keys>, ended: impl Future<Output = ()>) {
        let mut ended = pin!(ended);
        while batches.call(self.key, ended.as_mut()).await.is_ok() {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(60)) => {}
                () = ended.as_mut() => break,
            }
        }
    }
}
