use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

type Link = Arc<Mutex<TcpStream>>;

#[derive(Clone, Default)]
pub struct Links {
    open: Arc<Mutex<HashMap<SocketAddr, Link>>>,
}

impl Links {
    pub async fn to(&self, peer: SocketAddr) -> io::Result<Link> {
        let mut open = self.open.lock().await;
        match open.get(&peer).cloned() {
            Some(link) => Ok(link),
            None => {
                let link = Arc::new(Mutex::new(TcpStream::connect(peer).await?));
                open.insert(peer, link.clone());
                Ok(link)
            }
        }
    }

    pub async fn forget(&self, peer: &SocketAddr) {
        self.open.lock().await.remove(peer);
    }
}

pub async fn relay(listener: TcpListener, links: Links, next: SocketAddr) -> io::Result<()> {
    loop {
        let (from, _) = listener.accept().await?;
        let links = links.clone();
        tokio::spawn(async move {
            if let Err(error) = forward_all(from, &links, next).await {
                eprintln!("connection ended: {error}");
            }
        });
    }
}

async fn forward_all(mut from: TcpStream, links: &Links, next: SocketAddr) -> io::Result<()> {
    let mut packet = [0; 512];
    loop {
        from.read_exact(&mut packet).await?;
        let links = links.clone();
        tokio::spawn(async move {
            if let Err(error) = forward(&links, next, &packet).await {
                eprintln!("packet lost: {error}");
            }
        });
    }
}

async fn forward(links: &Links, next: SocketAddr, packet: &[u8]) -> io::Result<()> {
    links.to(next).await?.lock().await.write_all(packet).await
}
