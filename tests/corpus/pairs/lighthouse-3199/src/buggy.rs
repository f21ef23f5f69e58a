use std::future::Future;
use std::sync::{Arc, Weak};
use tokio::runtime::Runtime;
use tokio::time::{Duration, Instant, interval_at};

pub trait ChainTypes: Send + Sync + 'static {
    type Clock: Clock;
}

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Option<u64>;
    fn to_next_slot(&self) -> Option<Duration>;
}

#[derive(Clone)]
pub struct TaskExecutor {
    runtime: Weak<Runtime>,
}

impl TaskExecutor {
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static, name: &'static str) {
        if let Some(runtime) = self.runtime.upgrade() {
            runtime.spawn(async move {
                task.await;
                println!("{name} ended");
            });
        }
    }
}

pub struct Chain<T: ChainTypes> {
    pub clock: T::Clock,
    executor: TaskExecutor,
    engine: String,
}

impl<T: ChainTypes> Chain<T> {
    pub fn per_slot_task(self: &Arc<Self>) {
        if let Some(slot) = self.clock.now() {
            if let Err(error) = self.fork_choice(slot) {
                eprintln!("slot {slot}: {error}");
            }
        }
    }

    fn fork_choice(self: &Arc<Self>, slot: u64) -> Result<(), String> {
        self.update_engine_blocking(slot)
    }

    fn update_engine_blocking(self: &Arc<Self>, slot: u64) -> Result<(), String> {
        let runtime = self.executor.runtime.upgrade().ok_or("shutting down")?;
        runtime.block_on(self.update_engine(slot)) //~ blocking-call
    }

    async fn update_engine(&self, slot: u64) -> Result<(), String> {
        let reply = tokio::net::TcpStream::connect(&self.engine).await;
        reply.map(drop).map_err(|error| format!("{slot}: {error}"))
    }
}

pub fn spawn_timer<T: ChainTypes>(executor: TaskExecutor, chain: Arc<Chain<T>>) -> Result<(), &'static str> {
    let start = Instant::now() + chain.clock.to_next_slot().ok_or("no next slot")?;
    let mut interval = interval_at(start, Duration::from_secs(12));
    let timer = async move {
        loop {
            interval.tick().await;
            chain.per_slot_task();
        }
    };
    executor.spawn(timer, "timer");
    Ok(())
}
