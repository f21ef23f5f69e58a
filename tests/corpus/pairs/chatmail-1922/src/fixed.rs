use futures::stream::{select_all, SelectAll, StreamExt};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

pub struct Emitter(SelectAll<ReceiverStream<String>>);

impl Emitter {
    pub fn new(sources: Vec<mpsc::Receiver<String>>) -> Self {
        Emitter(select_all(sources.into_iter().map(ReceiverStream::new)))
    }

    pub async fn recv(&mut self) -> Option<String> {
        self.0.next().await
    }
}
