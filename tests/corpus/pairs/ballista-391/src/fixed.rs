use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub fn start_registration(registry: &str, cluster: &str, host: &str, port: u16) {
    let registry = registry.to_owned();
    let cluster = cluster.to_owned();
    let host = host.to_owned();
    tokio::spawn(async move {
        keep_registered(&registry, &cluster, &host, port).await;
    });
}

async fn keep_registered(registry: &str, cluster: &str, host: &str, port: u16) {
    loop {
        match TcpStream::connect(registry).await {
            Ok(mut client) => {
                let lease = format!("lease 60 /{}/{}:{}\n", cluster, host, port);
                match client.write_all(lease.as_bytes()).await {
                    Ok(()) => println!("registered with {}", registry),
                    Err(error) => eprintln!("no lease: {}", error),
                }
            }
            Err(error) => eprintln!("cannot connect to {}: {}", registry, error),
        }
        tokio::time::sleep(Duration::from_secs(15)).await;
    }
}
