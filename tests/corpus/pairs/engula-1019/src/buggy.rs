use futures::Stream;
use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

#[derive(Default)]
pub struct Hub {
    watchers: Mutex<HashMap<u64, Watcher>>,
}

impl Hub {
    pub fn watch(&self, id: u64) -> Watcher {
        self.watchers.lock().unwrap().entry(id).or_default().clone()
    }

    pub fn updated(&self, nodes: &[u64]) {
        for watcher in self.watchers.lock().unwrap().values() {
            watcher.notify(nodes);
        }
    }
}

#[derive(Clone, Default)]
pub struct Watcher {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    updates: HashSet<u64>,
    failed: Option<String>,
    waker: Option<Waker>,
}

impl Watcher {
    fn notify(&self, nodes: &[u64]) {
        let mut inner = self.inner.lock().unwrap();
        inner.updates.extend(nodes);
        if let Some(waker) = inner.waker.take() {
            waker.wake();
        }
    }
}

impl Stream for Watcher {
    type Item = Result<Vec<u64>, String>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut inner = self.inner.lock().unwrap();
        if let Some(error) = inner.failed.take() {
            return Poll::Ready(Some(Err(error)));
        }
        if !inner.updates.is_empty() {
            let updates = inner.updates.drain().collect();
            return Poll::Ready(Some(Ok(updates)));
        }
        if inner.waker.is_none() {
            inner.waker = Some(cx.waker().clone());
        }
        Poll::Pending //~ poll-contract
    }
}
