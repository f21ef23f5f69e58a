use std::future::Future;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, RwLock};
use tokio::task::AbortHandle;

pub struct Monitor;

impl Monitor {
    fn spawn_infinite(&self, name: &'static str, future: impl Future<Output = ()> + Send + 'static) -> TaskHandle {
        let task = tokio::spawn(async move {
            future.await;
            eprintln!("{name} ended early");
        });
        TaskHandle { abort: task.abort_handle(), abort_on_drop: false }
    }
}

pub struct TaskHandle {
    abort: AbortHandle,
    abort_on_drop: bool,
}

impl TaskHandle {
    pub fn abort_on_drop(mut self) -> Self {
        self.abort_on_drop = true;
        self
    }
}

impl Drop for TaskHandle {
    fn drop(&mut self) {
        if self.abort_on_drop {
            self.abort.abort();
        }
    }
}

pub struct Client {
    monitor: Monitor,
    updates: broadcast::Sender<String>,
}

#[derive(Clone, Default)]
pub struct Controller {
    items: Arc<RwLock<Vec<String>>>,
}

impl Controller {
    async fn handle(&self, update: String) {
        self.items.write().await.push(update);
    }
}

pub struct Timeline {
    controller: Controller,
    _updates_task: TaskHandle,
}

impl Timeline {
    pub async fn build(client: &Client) -> Self {
        let controller = Controller::default();
        let updates = client.updates.subscribe();
        let task = client
            .monitor
            .spawn_infinite("timeline::updates", follow(updates, controller.clone()))
            .abort_on_drop();
        Timeline { controller, _updates_task: task }
    }

    pub async fn items(&self) -> Vec<String> {
        self.controller.items.read().await.clone()
    }
}

async fn follow(mut updates: broadcast::Receiver<String>, controller: Controller) {
    loop {
        match updates.recv().await {
            Ok(update) => controller.handle(update).await,
            Err(RecvError::Lagged(missed)) => eprintln!("{missed} updates were missed"),
            Err(RecvError::Closed) => break,
        }
    }
}
