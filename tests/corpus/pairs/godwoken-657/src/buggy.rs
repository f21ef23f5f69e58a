use anyhow::{anyhow, Result};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct RpcClient {
    address: String,
}

pub struct Receipt {
    pub block: u64,
}

impl RpcClient {
    pub async fn submit(&mut self, transaction: &[u8]) -> Result<u64> {
        let mut node = TcpStream::connect(&self.address).await?;
        node.write_all(transaction).await?;
        Ok(node.read_u64().await?)
    }

    pub async fn receipt(&mut self, hash: u64) -> Result<Option<Receipt>> {
        let mut node = TcpStream::connect(&self.address).await?;
        node.write_u64(hash).await?;
        let block = node.read_u64().await?;
        Ok(if block == 0 { None } else { Some(Receipt { block }) })
    }
}

pub fn wait_for_transaction(client: &mut RpcClient, hash: u64, seconds: u64) -> Result<Receipt> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < deadline {
        let receipt = tokio::runtime::Handle::current().block_on(client.receipt(hash))?; //~ blocking-call
        if let Some(receipt) = receipt {
            return Ok(receipt);
        }
    }
    Err(anyhow!("no receipt of {hash:x} in {seconds} s"))
}

pub async fn create_account(client: &mut RpcClient, script: &[u8]) -> Result<u64> {
    let hash = client.submit(script).await?;
    let receipt = wait_for_transaction(client, hash, 180)?;
    println!("an account was made in block {}", receipt.block);
    Ok(receipt.block)
}
