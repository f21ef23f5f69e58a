use postgres_protocol::authentication::sasl::{ChannelBinding, ScramSha256};
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub struct Secret {
    pub salt: String,
    pub iterations: u32,
    pub stored_key: Vec<u8>,
}

pub struct Keys {
    pub client: Vec<u8>,
}

impl Secret {
    fn first_answer(&self, nonce: &str) -> String {
        format!("r={nonce},s={},i={}", self.salt, self.iterations)
    }

    fn keys_from(&self, proof: &[u8]) -> Option<Keys> {
        proof.ends_with(&self.stored_key).then(|| Keys { client: proof.to_vec() })
    }
}

fn validate(password: &[u8], secret: &Secret) -> io::Result<Option<Keys>> {
    exchange(secret, ScramSha256::new(password, ChannelBinding::unsupported()))
}

/// Plays client and server against each other, so that the server's keys can be checked.
fn exchange(secret: &Secret, mut client: ScramSha256) -> io::Result<Option<Keys>> {
    let first = String::from_utf8_lossy(client.message()).into_owned();
    let nonce = first.rsplit('=').next().unwrap_or_default();
    let answer = secret.first_answer(nonce);
    client.update(answer.as_bytes())?; //~ blocking-call
    Ok(secret.keys_from(client.message()))
}

async fn greet(mut client: TcpStream, secret: &Secret) -> io::Result<()> {
    let mut password = [0; 64];
    let length = client.read(&mut password).await?;
    match validate(&password[..length], secret)? {
        Some(keys) => client.write_all(&keys.client).await,
        None => client.write_all(b"no").await,
    }
}

pub async fn run(listener: TcpListener, secret: &'static Secret) -> io::Result<()> {
    loop {
        let (client, _) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = greet(client, secret).await {
                eprintln!("client lost: {error}");
            }
        });
    }
}
