use futures::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::broadcast::Receiver;
use tokio_stream::wrappers::BroadcastStream;

#[derive(Clone)]
pub struct Raw {
    pub method: &'static str,
    pub parameters: String,
}

pub struct Events<T> {
    incoming: BroadcastStream<Raw>,
    method: &'static str,
    parse: fn(&str) -> Option<T>,
}

impl<T> Events<T> {
    pub fn new(incoming: Receiver<Raw>, method: &'static str, parse: fn(&str) -> Option<T>) -> Self {
        Events { incoming: BroadcastStream::new(incoming), method, parse }
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
            match Pin::new(&mut this.incoming).poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(_lagged))) => continue,
                Poll::Ready(Some(Ok(raw))) => {
                    if let Some(event) = this.read(&raw) {
                        return Poll::Ready(Some(event));
                    }
                }
            }
        }
    }
}
