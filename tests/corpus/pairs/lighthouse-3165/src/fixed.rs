use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use tokio::runtime::Runtime;

#[derive(Clone)]
pub struct TaskExecutor {
    runtime: Weak<Runtime>,
}

impl TaskExecutor {
    pub fn runtime(&self) -> Weak<Runtime> {
        self.runtime.clone()
    }

    pub fn spawn_blocking_handle<F, R>(
        &self,
        task: F,
    ) -> Option<impl Future<Output = Result<R, tokio::task::JoinError>>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let handle = self.runtime.upgrade()?.spawn_blocking(task);
        Some(async move { handle.await })
    }
}

pub struct ExecutionLayer {
    executor: TaskExecutor,
    url: String,
}

impl ExecutionLayer {
    pub fn executor(&self) -> &TaskExecutor {
        &self.executor
    }

    pub fn block_on_generic<'a, T, U, V>(&'a self, generate_future: T) -> Result<V, String>
    where
        T: Fn(&'a Self) -> U,
        U: Future<Output = V>,
    {
        let runtime = self.executor().runtime().upgrade().ok_or("shutting down")?;
        Ok(runtime.block_on(generate_future(self)))
    }

    async fn forkchoice_updated(&self, head: u64) -> Result<Status, String> {
        let reply = tokio::net::TcpStream::connect(&self.url).await;
        Ok(if reply.is_ok() { Status::Valid } else { Status::Invalid { latest_valid: head - 1 } })
    }
}

pub enum Status {
    Valid,
    Invalid { latest_valid: u64 },
}

pub struct Chain {
    head: AtomicU64,
    execution: Option<ExecutionLayer>,
}

impl Chain {
    pub fn process_invalid_payload(self: &Arc<Self>, ancestor: u64) -> Result<(), String> {
        self.head.store(ancestor, Ordering::Relaxed);
        self.fork_choice()
    }

    pub fn fork_choice(self: &Arc<Self>) -> Result<(), String> {
        let result = self.fork_choice_internal();
        if let Err(error) = &result {
            eprintln!("fork choice: {error}");
        }
        result
    }

    fn fork_choice_internal(self: &Arc<Self>) -> Result<(), String> {
        self.update_engine_blocking(self.head.load(Ordering::Relaxed))
    }

    fn update_engine_blocking(self: &Arc<Self>, head: u64) -> Result<(), String> {
        let execution = self.execution.as_ref().ok_or("no execution layer")?;
        execution.block_on_generic(|_| self.update_engine(head))?
    }

    pub async fn update_engine(self: &Arc<Self>, head: u64) -> Result<(), String> {
        let execution = self.execution.as_ref().ok_or("no execution layer")?;
        match execution.forkchoice_updated(head).await? {
            Status::Valid => Ok(()),
            Status::Invalid { latest_valid } => {
                let chain = self.clone();
                execution
                    .executor()
                    .spawn_blocking_handle(move || chain.process_invalid_payload(latest_valid))
                    .ok_or("shutting down")?
                    .await
                    .map_err(|error| error.to_string())??;
                Err(String::from("the execution engine refused the head"))
            }
        }
    }
}
