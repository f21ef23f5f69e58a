//! The shop's service: one JSON request a line, one JSON reply a line, over TCP.
//!
//! Everything runs on one thread in a `LocalSet`: a shop this size does not need more.

mod audit;
mod connection;
mod restock;
mod shop;

use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::LocalSet;
use tracing::{info, warn};

use crate::shop::Shop;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    tracing_subscriber::fmt().with_target(false).init();
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7878".to_owned());
    let listener = TcpListener::bind(&address).await?;
    info!(%address, "open");
    LocalSet::new().run_until(serve(listener)).await
}

async fn serve(listener: TcpListener) -> std::io::Result<()> {
    let shop = Rc::new(Shop::open());
    restock::fill(&shop).await;
    let restocking = tokio::task::spawn_local(restock::run(Rc::clone(&shop), Duration::from_secs(30)));
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, peer) = accepted?;
                let shop = Rc::clone(&shop);
                tokio::task::spawn_local(async move {
                    if let Err(error) = connection::serve(stream, peer, &shop).await {
                        warn!(%peer, %error, "connection lost");
                    }
                });
            }
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    restocking.abort();
    info!(takings = %shop.ledger.balance(), "closed");
    Ok(())
}
