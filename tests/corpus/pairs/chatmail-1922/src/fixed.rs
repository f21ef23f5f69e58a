use futures::stream::{FuturesUnordered, StreamExt};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{mpsc, Mutex};

pub struct Source {
    done: AtomicBool,
    events: Mutex<mpsc::Receiver<String>>,
}

impl Source {
    async fn recv(&self) -> Option<String> {
        let event = self.events.lock().await.recv().await;
        if event.is_none() {
            self.done.store(true, Ordering::Release);
        }
        event
    }
}

pub struct Emitter(Vec<Source>);

impl Emitter {
    pub async fn recv(&self) -> Option<String> {
        let mut waiting: FuturesUnordered<_> = self
            .0
            .iter()
            .filter(|source| !source.done.load(Ordering::Acquire))
            .map(|source| source.recv())
            .collect();
        while let Some(event) = waiting.next().await {
            if event.is_some() {
                return event;
            }
        }
        None
    }
}
