use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::sync::oneshot;

static WAITING: AtomicUsize = AtomicUsize::new(0);
const ROOM: usize = 1_000;

fn is_full() -> bool {
    WAITING.load(Ordering::Relaxed) >= ROOM
}

async fn compute(document: Arc<str>) -> anyhow::Result<usize> {
    WAITING.fetch_add(1, Ordering::Relaxed);
    let (sender, done) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = sender.send(document.split_whitespace().count());
        WAITING.fetch_sub(1, Ordering::Relaxed);
    });
    Ok(done.await?)
}

#[derive(Clone)]
pub struct Parser {
    schema: Arc<str>,
}

impl tower_service::Service<String> for Parser {
    type Response = usize;
    type Error = anyhow::Error;
    type Future = BoxFuture<'static, anyhow::Result<usize>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<anyhow::Result<()>> {
        if is_full() {
            return Poll::Pending; //~ poll-contract
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: String) -> Self::Future {
        let schema = self.schema.clone();
        Box::pin(async move { compute(format!("{schema} {request}").into()).await })
    }
}
