use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub struct Request {
    id: u64,
    statement: String,
}

pub enum Answer {
    Done(u64, String),
    Failed(u64, &'static str),
}

pub struct Connection {
    shutdown: CancellationToken,
    canceller: CancellationToken,
    answers: mpsc::Sender<Answer>,
}

impl Connection {
    async fn execute(&self, statement: &str) -> String {
        tokio::task::yield_now().await;
        statement.to_uppercase()
    }

    pub async fn handle(&self, request: Request) {
        tokio::select! {
            biased;
            _ = self.canceller.cancelled() => (),
            _ = async move { //~ not-cancel-safe-in-select
                if self.shutdown.is_cancelled() {
                    _ = self.answers.send(Answer::Failed(request.id, "shutting down")).await;
                } else {
                    let result = self.execute(&request.statement).await;
                    _ = self.answers.send(Answer::Done(request.id, result)).await;
                }
            } => (),
        }
    }
}
