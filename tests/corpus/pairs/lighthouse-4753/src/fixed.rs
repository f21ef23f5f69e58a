use std::time::Duration;
use reqwest::Client;

pub enum Source {
    Unknown,
    Included(Vec<u8>),
    Url { urls: Vec<String>, root: String },
}

pub struct NetworkConfig {
    pub source: Source,
}

pub struct Environment {
    pub runtime: tokio::runtime::Runtime,
    pub network: NetworkConfig,
}

impl NetworkConfig {
    pub fn genesis_root(&self) -> Result<Option<String>, String> {
        match &self.source {
            Source::Url { root, .. } => Ok(Some(root.clone())),
            Source::Included(bytes) => Ok(Some(format!("{:x?}", &bytes[..32]))),
            Source::Unknown => Ok(None),
        }
    }

    pub async fn genesis_state(&self, url: Option<&str>, timeout: Duration) -> Result<Option<Vec<u8>>, String> {
        match &self.source {
            Source::Unknown => Ok(None),
            Source::Included(bytes) => Ok(Some(bytes.clone())),
            Source::Url { urls, .. } => match url {
                Some(url) => download(&[url.to_string()], timeout).await.map(Some),
                None => download(urls, timeout).await.map(Some),
            },
        }
    }
}

async fn download(urls: &[String], timeout: Duration) -> Result<Vec<u8>, String> {
    let mut errors = vec![];
    for url in urls {
        match state_bytes(Client::new(), url, timeout).await {
            Ok(bytes) => return Ok(bytes),
            Err(error) => errors.push(format!("{url}: {error}")),
        }
    }
    Err(errors.join(", "))
}

async fn state_bytes(client: Client, url: &str, timeout: Duration) -> Result<Vec<u8>, reqwest::Error> {
    let reply = client.get(url).timeout(timeout).send().await?.error_for_status()?;
    Ok(reply.bytes().await?.to_vec())
}

pub fn run_exit(env: &Environment, node: &str) -> Result<(), String> {
    env.runtime.block_on(publish_exit(node, &env.network))
}

async fn publish_exit(node: &str, network: &NetworkConfig) -> Result<(), String> {
    let theirs = reqwest::get(node).await.map_err(|e| e.to_string())?;
    let theirs = theirs.text().await.map_err(|e| e.to_string())?;
    let ours = network.genesis_root()?.ok_or("genesis is not known")?;
    if theirs == ours { Ok(()) } else { Err(String::from("another network")) }
}

pub async fn build_client(network: &NetworkConfig) -> Result<Vec<u8>, String> {
    let state = network.genesis_state(None, Duration::from_secs(60)).await?;
    state.ok_or_else(|| String::from("genesis is not known"))
}
