use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tracing::{error, error_span, info};

/// A source that gives out what is logged, as a task of its own.
async fn start_source() -> UnboundedReceiver<String> {
    let (tx, rx) = unbounded_channel();
    tokio::spawn(async move {
        info!("source started");
        while tx.send(String::from("event")).is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    tokio::task::yield_now().await;
    rx
}

async fn events_of(test: u64) -> usize {
    let span = error_span!("source", component_id = "foo", test);
    let _enter = span.enter(); //~ borrow-held-across-await
    error!(test, "before the source started");

    let mut rx = start_source().await;

    error!(test, "after the source started");
    {
        let nested = error_span!("nested", component_id = "bar");
        let _enter = nested.enter();
        error!(test, "in a nested span");
    }

    tokio::time::sleep(Duration::from_millis(1)).await;
    rx.close();
    rx.len()
}

pub fn count_events(test: u64) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(events_of(test))
}
