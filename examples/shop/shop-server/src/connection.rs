use std::net::SocketAddr;

use shop_core::{Basket, Reply, Request};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::TcpStream;
use tracing::debug;

use crate::shop::Shop;

pub async fn serve(stream: TcpStream, peer: SocketAddr, shop: &Shop) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    greet(&mut writing, peer, shop).await?;
    let mut lines = BufReader::new(reading).lines();
    let mut basket = Basket::default();
    while let Some(line) = lines.next_line().await? {
        let reply = match serde_json::from_str::<Request>(&line) {
            Ok(request) => shop.answer(&mut basket, request).await,
            Err(error) => Reply::Refused { why: error.to_string() },
        };
        send(&mut writing, &reply).await?;
    }
    hand_back(shop, &mut basket).await;
    Ok(())
}

/// The first line a customer sees: the notice, and how often they have been here.
async fn greet(writing: &mut OwnedWriteHalf, peer: SocketAddr, shop: &Shop) -> std::io::Result<()> {
    let notice = shop.notice.borrow().clone();
    writing.write_all(format!("# {notice}\n").as_bytes()).await?;
    let mut visits = shop.visits.entry(peer).or_insert(0);
    *visits += 1;
    writing.write_all(format!("# visit {}\n", *visits).as_bytes()).await
}

async fn send(writing: &mut OwnedWriteHalf, reply: &Reply) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    writing.flush().await
}

/// A customer who leaves without paying leaves the fruit.
async fn hand_back(shop: &Shop, basket: &mut Basket) {
    match shop.stock.try_lock() {
        Some(mut stock) => basket.abandon(&mut stock),
        None => {
            tokio::task::yield_now().await;
            basket.abandon(&mut shop.stock.lock());
        }
    }
    let low = shop.stock.lock().running_low(5);
    for fruit in low {
        debug!(%fruit, "nearly gone");
        tokio::task::yield_now().await;
    }
}
