use std::ops::ControlFlow;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub struct TaskHandle {
    join: Option<JoinHandle<anyhow::Result<()>>>,
    cancellation: CancellationToken,
}

impl TaskHandle {
    fn spawn() -> Self {
        let cancellation = CancellationToken::new();
        let token = cancellation.clone();
        let join = tokio::spawn(async move {
            token.cancelled().await;
            Ok(())
        });
        TaskHandle { join: Some(join), cancellation }
    }

    async fn shutdown(self) {
        if let Some(join) = self.join {
            self.cancellation.cancel();
            if let Err(error) = join.await {
                eprintln!("{error}");
            }
        }
    }
}

struct Connection {
    task: TaskHandle,
    node: u64,
}

#[derive(Default)]
pub struct State {
    connection: Option<Connection>,
    retries: Vec<u64>,
}

impl State {
    async fn drop_old_connection(&mut self) {
        let connection = match self.connection.take() { //~ lost-on-cancel
            Some(connection) => connection,
            None => return,
        };
        connection.task.shutdown().await;
        self.retries.push(connection.node);
    }

    async fn change_connection(&mut self, node: u64) {
        self.drop_old_connection().await;
        self.connection = Some(Connection { task: TaskHandle::spawn(), node });
    }

    async fn shutdown(mut self) {
        if let Some(connection) = self.connection.take() {
            connection.task.shutdown().await;
        }
    }
}

async fn step(state: &mut State, broker: &mut mpsc::Receiver<u64>) -> ControlFlow<()> {
    match broker.recv().await {
        Some(node) => {
            state.change_connection(node).await;
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(()),
    }
}

pub fn start(mut broker: mpsc::Receiver<u64>, cancel: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut state = State::default();
        loop {
            tokio::select! {
                _ = cancel.cancelled() => break,
                stepped = step(&mut state, &mut broker) => match stepped {
                    ControlFlow::Continue(()) => continue,
                    ControlFlow::Break(()) => break,
                },
            }
        }
        state.shutdown().await;
    })
}
