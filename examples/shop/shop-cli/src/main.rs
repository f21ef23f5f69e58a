//! Command-line client of the shop.

mod connection;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::str::FromStr;

use clap::{Parser, Subcommand};
use shop_core::basket::Quote;
use shop_core::protocol::{Message, Offer, Request, Stats};
use shop_core::{ReservationId, Sku};

use crate::connection::{ClientError, Connection};

/// Talk to the shop.
#[derive(Debug, Parser)]
#[command(name = "shop", version)]
struct Args {
    /// Where the service listens
    #[arg(long, env = "SHOP_LISTEN", default_value = "127.0.0.1:7410")]
    server: SocketAddr,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what is on offer
    List,
    /// Show what the supplier asks for a product
    Price { sku: Sku },
    /// Buy products
    Buy {
        /// What to buy: a product code, or code=quantity
        #[arg(required = true)]
        lines: Vec<Line>,
        #[arg(long, env = "SHOP_CARD", hide_env_values = true)]
        card: String,
    },
    /// Reserve products for a quarter of an hour
    Hold {
        #[arg(required = true)]
        lines: Vec<Line>,
    },
    /// Pay for what was reserved
    Collect {
        reservation: u64,
        #[arg(long, env = "SHOP_CARD", hide_env_values = true)]
        card: String,
    },
    /// Wait until products are delivered
    Watch {
        #[arg(required = true)]
        skus: Vec<Sku>,
    },
    /// Show the shop's figures
    Stats,
}

/// `tea-assam-100=3`; without a quantity, one piece.
#[derive(Clone, Debug)]
struct Line {
    sku: Sku,
    quantity: u32,
}

impl FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (sku, quantity) = text.split_once('=').unwrap_or((text, "1"));
        Ok(Self {
            sku: sku.parse().map_err(|error: shop_core::catalogue::InvalidSku| error.to_string())?,
            quantity: quantity.parse().map_err(|_| format!("`{quantity}` is not a quantity"))?,
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), ClientError> {
    let mut shop = Connection::open(args.server).await?;
    match args.command {
        Command::List => show(&shop.ask(&Request::List).await?),
        Command::Price { sku } => show(&shop.ask(&Request::SupplierPrice { sku }).await?),
        Command::Buy { lines, card } => {
            fill_basket(&mut shop, lines).await?;
            show(&shop.ask(&Request::Basket).await?)?;
            show(&shop.ask(&Request::Checkout { card }).await?)
        }
        Command::Hold { lines } => {
            fill_basket(&mut shop, lines).await?;
            show(&shop.ask(&Request::Hold).await?)
        }
        Command::Collect { reservation, card } => {
            let reservation = ReservationId(reservation);
            show(&shop.ask(&Request::Collect { reservation, card }).await?)
        }
        Command::Watch { skus } => watch(&mut shop, skus).await,
        Command::Stats => show(&shop.ask(&Request::Stats).await?),
    }
}

async fn fill_basket(shop: &mut Connection, lines: Vec<Line>) -> Result<(), ClientError> {
    for Line { sku, quantity } in lines {
        shop.ask(&Request::Add { sku, quantity }).await?;
    }
    Ok(())
}

/// Prints deliveries until every product in `skus` has arrived or the service ends.
async fn watch(shop: &mut Connection, mut skus: Vec<Sku>) -> Result<(), ClientError> {
    for sku in &skus {
        shop.ask(&Request::Watch { sku: sku.clone() }).await?;
    }
    // assay: allow(async/guard-held-across-await): the client has one task, and nothing else in it prints
    let mut out = io::stdout().lock();
    while !skus.is_empty() {
        match shop.notice().await? {
            Message::Delivered { sku, quantity } => {
                writeln!(out, "{sku}: {quantity} delivered")?;
                out.flush()?;
                skus.retain(|waiting| *waiting != sku);
            }
            _ => return Err(ClientError::Closed),
        }
    }
    Ok(())
}

fn show(message: &Message) -> Result<(), ClientError> {
    let mut out = io::stdout().lock();
    match message {
        Message::Offers { offers } => {
            for Offer { sku, name, price, available } in offers {
                writeln!(out, "{sku:<18} {name:<18} {price:>12} {available:>5}")?;
            }
        }
        Message::Price { sku, price } => writeln!(out, "{sku}: {price}")?,
        Message::Quote { quote: Quote { lines, shipping, total } } => {
            for line in lines {
                writeln!(out, "{:>4} {:<24} {:>12}", line.quantity, line.name, line.total)?;
            }
            writeln!(out, "{:>4} {:<24} {shipping:>12}", "", "shipping")?;
            writeln!(out, "{:>4} {:<24} {total:>12}", "", "total")?;
        }
        Message::Receipt { order, paid } => writeln!(out, "order {order}: {paid} paid")?,
        Message::Held { reservation } => {
            writeln!(out, "reserved: shop collect {}", reservation.0)?;
        }
        Message::Stats { stats: Stats { requests, orders, refused, turnover } } => {
            writeln!(out, "{requests} requests, {orders} orders, {refused} refused, {turnover} turnover")?;
        }
        Message::Refused { why } => return Err(ClientError::Refused(why.clone())),
        Message::Done | Message::Delivered { .. } | Message::Closing => {}
    }
    Ok(())
}
