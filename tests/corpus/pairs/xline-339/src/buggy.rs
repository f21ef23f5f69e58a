use event_listener::Event;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

pub struct Watch {
    responses: mpsc::Sender<u64>,
    stop: Arc<Event>,
}

impl Watch {
    async fn answer(&mut self, id: u64) {
        if self.responses.send(id).await.is_err() {
            self.stop.notify(1);
        }
    }
}

pub async fn watch(mut requests: mpsc::Receiver<u64>, responses: mpsc::Sender<u64>) {
    let stop = Arc::new(Event::new());
    let mut watch = Watch { responses, stop: Arc::clone(&stop) };
    let mut ticker = tokio::time::interval(Duration::from_millis(100));
    loop {
        tokio::select! {
            request = requests.recv() => match request {
                Some(id) => watch.answer(id).await,
                None => break,
            },
            _ = ticker.tick() => watch.answer(0).await,
            _ = stop.listen() => break, //~ not-cancel-safe-in-select
        }
    }
}
