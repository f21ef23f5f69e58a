use futures::future::{Fuse, FusedFuture};
use futures::{FutureExt, Stream, StreamExt};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::{pin, Pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, Semaphore};

pin_project_lite::pin_project! {
    pub struct OneByOne<T, F, Fut> {
        waiting: VecDeque<T>,
        start: F,
        #[pin]
        running: Fuse<Fut>,
    }
}

fn one_by_one<T, F: FnMut(T) -> Fut, Fut: Future>(start: F) -> OneByOne<T, F, Fut> {
    OneByOne { waiting: VecDeque::new(), start, running: Fuse::terminated() }
}

impl<T, F: FnMut(T) -> Fut, Fut: Future> OneByOne<T, F, Fut> {
    fn push(self: Pin<&mut Self>, item: T) {
        self.project().waiting.push_back(item);
    }

    fn clear(self: Pin<&mut Self>) {
        let mut this = self.project();
        this.waiting.clear();
        this.running.set(Fuse::terminated());
    }
}

impl<T, F: FnMut(T) -> Fut, Fut: Future> Stream for OneByOne<T, F, Fut> {
    type Item = Fut::Output;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Fut::Output>> {
        let mut this = self.project();
        loop {
            if !this.running.is_terminated() {
                return this.running.poll(cx).map(Some);
            }
            let Some(item) = this.waiting.pop_front() else { return Poll::Ready(None) };
            this.running.as_mut().set((this.start)(item).fuse());
        }
    }
}

pub struct Instances {
    free: Semaphore,
}

impl Instances {
    async fn call(&self, reducer: &str) -> anyhow::Result<()> {
        let _instance = self.free.acquire().await?;
        tokio::time::sleep(Duration::from_millis(reducer.len() as u64)).await;
        Ok(())
    }
}

#[derive(Clone)]
pub struct Client {
    instances: Arc<Instances>,
}

impl Client {
    async fn handle(&self, message: String) -> anyhow::Result<()> {
        anyhow::ensure!(!message.is_empty(), "an empty message");
        self.instances.call(&message).await
    }

    async fn disconnected(&self) -> anyhow::Result<()> {
        self.instances.call("__disconnected__").await
    }
}

pub async fn connection(client: Client, mut socket: mpsc::Receiver<String>) {
    let mut alive = tokio::time::interval(Duration::from_secs(60));
    let mut handling = pin!(one_by_one(|message| client.handle(message)));
    loop {
        tokio::select! {
            Some(handled) = handling.next() => {
                if let Err(error) = handled {
                    eprintln!("a message failed: {error:#}");
                }
            }
            message = socket.recv() => match message {
                Some(message) => handling.as_mut().push(message),
                None => break,
            },
            _ = alive.tick() => {}
        }
    }
    handling.as_mut().clear();
    let _ = client.disconnected().await;
}
