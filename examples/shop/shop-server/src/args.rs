use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// The shop's service.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    /// Where to listen; port 0 takes any free port
    #[arg(long, env = "SHOP_LISTEN", default_value = "127.0.0.1:7410")]
    pub(crate) listen: SocketAddr,

    /// A JSON array of products; without it, a small range of teas
    #[arg(long)]
    pub(crate) catalogue: Option<PathBuf>,

    /// Where orders are recorded, one line each
    #[arg(long, default_value = "orders.log")]
    pub(crate) journal: PathBuf,

    /// Where figures are saved once a minute
    #[arg(long)]
    pub(crate) statistics: Option<PathBuf>,

    /// Seconds between two looks at the shelves
    #[arg(long, default_value_t = 30)]
    restock_seconds: u64,
}

impl Args {
    pub(crate) fn restock_every(&self) -> Duration {
        Duration::from_secs(self.restock_seconds.max(1))
    }
}
