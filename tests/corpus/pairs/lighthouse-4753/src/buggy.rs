use std::time::Duration;
use reqwest::blocking::Client;

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
    pub fn genesis_root(&self, url: Option<&str>, timeout: Duration) -> Result<Option<String>, String> {
        if let Source::Url { root, .. } = &self.source {
            return Ok(Some(root.clone()));
        }
        Ok(self.genesis_state(url, timeout)?.map(|state| format!("{:x?}", &state[..32])))
    }

    pub fn genesis_state(&self, url: Option<&str>, timeout: Duration) -> Result<Option<Vec<u8>>, String> {
        match &self.source {
            Source::Unknown => Ok(None),
            Source::Included(bytes) => Ok(Some(bytes.clone())),
            Source::Url { urls, .. } => match url {
                Some(url) => download(&[url.to_string()], timeout).map(Some),
                None => download(urls, timeout).map(Some),
            },
        }
    }
}

fn download(urls: &[String], timeout: Duration) -> Result<Vec<u8>, String> {
    let mut errors = vec![];
    for url in urls {
        let client = Client::new(); //~ blocking-call
        let response = client //~ blocking-call
            .get(url)
            .timeout(timeout)
            .send()
            .and_then(|reply| reply.error_for_status().and_then(|reply| reply.bytes())); //~ blocking-call
        match response {
            Ok(bytes) => return Ok(bytes.to_vec()),
            Err(error) => errors.push(format!("{url}: {error}")),
        }
    }
    Err(errors.join(", "))
}

pub fn run_exit(env: &Environment, node: &str) -> Result<(), String> {
    let timeout = Duration::from_secs(60);
    env.runtime.block_on(publish_exit(node, &env.network, None, timeout))
}

async fn publish_exit(
    node: &str,
    network: &NetworkConfig,
    genesis_url: Option<&str>,
    timeout: Duration,
) -> Result<(), String> {
    let theirs = reqwest::get(node).await.map_err(|e| e.to_string())?;
    let theirs = theirs.text().await.map_err(|e| e.to_string())?;
    let ours = network.genesis_root(genesis_url, timeout)?.ok_or("genesis is not known")?;
    if theirs == ours { Ok(()) } else { Err(String::from("another network")) }
}

pub async fn build_client(network: &NetworkConfig) -> Result<Vec<u8>, String> {
    network.genesis_state(None, Duration::from_secs(60))?.ok_or_else(|| String::from("genesis is not known"))
}
