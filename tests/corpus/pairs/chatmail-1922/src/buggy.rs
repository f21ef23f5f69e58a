use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, Mutex};

pub struct Source {
    done: AtomicBool,
    events: Mutex<mpsc::Receiver<String>>,
}

impl Source {
    fn try_recv(&self) -> Result<String, TryRecvError> {
        match self.events.try_lock() {
            Ok(mut events) => events.try_recv(),
            Err(_) => Err(TryRecvError::Empty),
        }
    }
}

pub struct Emitter(Vec<Source>);

impl Emitter {
    pub async fn recv(&self) -> Option<String> {
        futures::future::poll_fn(|cx| Pin::new(self).recv_poll(cx)).await
    }

    fn recv_poll(self: Pin<&Self>, _cx: &mut Context<'_>) -> Poll<Option<String>> {
        for source in &*self.0 {
            if source.done.load(Ordering::Acquire) {
                continue;
            }
            match source.try_recv() {
                Ok(event) => return Poll::Ready(Some(event)),
                Err(TryRecvError::Disconnected) => source.done.store(true, Ordering::Release),
                Err(TryRecvError::Empty) => {}
            }
        }
        Poll::Pending //~ poll-contract
    }
}
