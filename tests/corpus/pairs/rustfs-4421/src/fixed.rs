use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Mutex, RwLock, mpsc};

#[derive(Default)]
pub struct Registry {
    targets: Vec<String>,
}

#[derive(Default)]
pub struct Workers {
    stops: HashMap<String, mpsc::Sender<()>>,
}

#[derive(Clone, Default)]
pub struct Audit {
    registry: Arc<Mutex<Registry>>,
    workers: Arc<RwLock<Workers>>,
}

impl Audit {
    fn facade(&self) -> Facade {
        Facade { registry: self.registry.clone(), workers: self.workers.clone() }
    }

    pub async fn clear(&self) {
        let mut registry = self.registry.lock().await;
        let mut workers = self.workers.write().await;
        self.facade().shut_down(&mut registry, &mut workers).await;
    }

    pub async fn reload(&self, targets: Vec<String>) {
        if targets.is_empty() {
            return self.clear().await;
        }
        self.facade().replace(targets).await;
    }

    pub async fn status(&self) -> (usize, usize) {
        let registry = self.registry.lock().await;
        let workers = self.workers.read().await;
        (registry.targets.len(), workers.stops.len())
    }
}

pub struct Facade {
    registry: Arc<Mutex<Registry>>,
    workers: Arc<RwLock<Workers>>,
}

impl Facade {
    async fn shut_down(&self, registry: &mut Registry, workers: &mut Workers) {
        for (_, stop) in workers.stops.drain() {
            let _ = stop.send(()).await;
        }
        registry.targets.clear();
    }

    pub async fn replace(&self, targets: Vec<String>) {
        let mut registry = self.registry.lock().await;
        let mut workers = self.workers.write().await;
        self.shut_down(&mut registry, &mut workers).await;
        registry.targets = targets;
    }
}
