use std::collections::HashMap;
use tracing::{Instrument, Span, debug, error_span};

#[async_trait::async_trait]
pub trait Transform: Send + Sync {
    fn kind(&self) -> &'static str;
    fn outputs(&self) -> Vec<String>;
    async fn build(&self) -> Result<Stage, String>;
}

pub struct Stage(pub Box<dyn Fn(String) -> String + Send>);

#[derive(Default)]
pub struct Topology {
    stages: HashMap<String, (Stage, Vec<String>)>,
    errors: Vec<String>,
}

impl Topology {
    async fn build_transforms(&mut self, wanted: &[(String, Box<dyn Transform>)]) {
        for (key, transform) in wanted {
            debug!(component_id = %key, "Building new transform.");
            let span = error_span!("transform", component_id = %key, component_type = %transform.kind());
            self.build_transform(key, transform.as_ref()).instrument(span).await;
        }
    }

    async fn build_transform(&mut self, key: &str, transform: &dyn Transform) {
        let outputs = transform.outputs();
        let stage = match transform.build().instrument(Span::current()).await {
            Err(error) => {
                self.errors.push(format!("Transform \"{key}\": {error}"));
                return;
            }
            Ok(stage) => stage,
        };
        self.stages.insert(key.to_string(), (stage, outputs));
    }
}

pub async fn reload(wanted: Vec<(String, Box<dyn Transform>)>) -> Result<Topology, Vec<String>> {
    let mut topology = Topology::default();
    topology.build_transforms(&wanted).await;
    if topology.errors.is_empty() { Ok(topology) } else { Err(topology.errors) }
}

pub async fn run(mut changes: tokio::sync::mpsc::Receiver<Vec<(String, Box<dyn Transform>)>>) {
    while let Some(wanted) = changes.recv().await {
        match reload(wanted).await {
            Ok(topology) => debug!(stages = topology.stages.len(), "Reloaded."),
            Err(errors) => debug!(?errors, "Not reloaded."),
        }
    }
}
