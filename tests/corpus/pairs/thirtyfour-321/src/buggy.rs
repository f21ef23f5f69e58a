use futures::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::Receiver;

#[derive(Clone)]
pub struct Raw {
    pub method: &'static str,
    pub parameters: String,
}

pub struct Events<T> {
    incoming: Receiver<Raw>,
    method: &'static str,
    parse: fn(&str) -> Option<T>,
}

impl<T> Events<T> {
    pub fn new(incoming: Receiver<Raw>, method: &'static str, parse: fn(&str) -> Option<T>) -> Self {
        Events { incoming, method, parse }
    }

    fn read(&self, raw: &Raw) -> Option<T> {
        if raw.method == self.method { (self.parse)(&raw.parameters) } else { None }
    }
}

impl<T> Stream for Events<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        loop {
            match this.incoming.try_recv() {
                Ok(raw) => {
                    if let Some(event) = this.read(&raw) {
                        return Poll::Ready(Some(event));
                    }
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Lagged(_)) => continue,
                Err(TryRecvError::Closed) => return Poll::Ready(None),
            }
        }
        let polled = {
            let received = this.incoming.recv();
            tokio::pin!(received);
            received.poll(cx) //~ poll-contract
        };
        match polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(raw)) => {
                if let Some(event) = this.read(&raw) {
                    return Poll::Ready(Some(event));
                }
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Ready(Err(RecvError::Lagged(_))) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Ready(Err(RecvError::Closed)) => Poll::Ready(None),
        }
    }
}
