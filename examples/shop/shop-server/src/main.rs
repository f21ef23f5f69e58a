//! The shop's service: one thread, one local task per connection, JSON lines over TCP.

mod args;
mod checkout;
mod journal;
mod payments;
mod quotes;
mod restock;
mod session;
mod shop;
mod statistics;
mod supplier;
mod watchers;

use std::rc::Rc;
use std::time::Duration;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tracing::{Instrument, error, info, info_span, warn};

use crate::args::Args;
use crate::shop::Shop;

/// How long open connections may take to finish what they are doing.
const GRACE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "shop_server=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();

    let args = Args::parse();
    let shop = Rc::new(Shop::open(&args).await?);
    let listener = TcpListener::bind(args.listen).await?;
    info!(address = %listener.local_addr()?, "open for business");
    LocalSet::new().run_until(serve(listener, shop, &args)).await;
    Ok(())
}

/// Serves connections until the process is asked to end, then closes in order: no new connections, the open ones,
/// the background tasks, the files.
async fn serve(listener: TcpListener, shop: Rc<Shop>, args: &Args) {
    let (closing, closed) = watch::channel(false);
    let mut background = JoinSet::new();
    background.spawn_local(restock::run(Rc::clone(&shop), args.restock_every(), closed.clone()));
    background.spawn_local(statistics::run(Rc::clone(&shop), args.statistics.clone(), closed.clone()));

    let mut sessions = JoinSet::new();
    let mut end = std::pin::pin!(end_requested());
    loop {
        tokio::select! {
            () = &mut end => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let session = session::run(stream, Rc::clone(&shop), closed.clone());
                    sessions.spawn_local(session.instrument(info_span!("session", %peer)));
                }
                Err(error) => {
                    // Out of file descriptors, most likely: give open connections time to end.
                    warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            },
            Some(ended) = sessions.join_next() => {
                if let Err(error) = ended {
                    error!(%error, "a session ended badly");
                }
            }
        }
    }

    info!(sessions = sessions.len(), "closing");
    drop(listener);
    closing.send_replace(true);
    let finish = async {
        while sessions.join_next().await.is_some() {}
        while background.join_next().await.is_some() {}
    };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        warn!(seconds = GRACE.as_secs(), "not everybody left in time");
    }
    if let Err(error) = shop.journal.close().await {
        error!(%error, "the journal could not be written to its end");
    }
}

/// Completes on Ctrl-C and, on Unix, when a service manager asks for an end.
async fn end_requested() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
