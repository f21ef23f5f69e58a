use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
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
    fn register(&mut self, request: P::Request) -> oneshot::Receiver<P::Response> {
        let (reply, answer) = oneshot::channel();
        self.jobs.insert(self.next, Job { request, reply });
        self.next += 1;
        answer
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
    pub async fn call(&self, request: P::Request) -> Option<P::Response> {
        let mut answer = self.queue.lock().unwrap().register(request);
        loop {
            let mut processor = tokio::select! {
                response = &mut answer => return response.ok(),
                processor = self.processor.lock() => processor,
            };
            let (requests, replies) = self.queue.lock().unwrap().batch(); //~ lost-on-cancel
            let responses = processor.apply(requests).await;
            for (reply, response) in replies.into_iter().zip(responses) {
                _ = reply.send(response);
            }
            if let Ok(response) = answer.try_recv() {
                return Some(response);
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
    async fn keep_key(&self, batches: &Batches<Keys>) {
        loop {
            if batches.call(self.key).await.is_some() {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
        }
    }

    pub async fn run(&self, batches: &Batches<Keys>, ended: impl Future<Output = ()>) {
        futures::future::select(pin!(self.keep_key(batches)), pin!(ended)).await;
    }
}
