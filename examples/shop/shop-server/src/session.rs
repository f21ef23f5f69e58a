//! One connection: its basket, its requests, its notices.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use shop_core::Basket;
use shop_core::protocol::{Message, Request};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;
use tracing::{debug, info};

use crate::checkout;
use crate::shop::Shop;

/// Longer lines than this are not requests of ours.
const LINE_BYTES_MAX: u64 = 16 * 1024;
/// A basket that nobody touches for so long is emptied.
const BASKET_KEPT: Duration = Duration::from_secs(30 * 60);

struct Session {
    shop: Rc<Shop>,
    basket: RefCell<Basket>,
    last_request: Cell<Instant>,
    /// Answers and notices share the connection; a line must not be broken by another.
    writer: Mutex<OwnedWriteHalf>,
}

pub(crate) async fn run(stream: TcpStream, shop: Rc<Shop>, closed: watch::Receiver<bool>) {
    let (reader, writer) = stream.into_split();
    let session = Rc::new(Session {
        shop,
        basket: RefCell::default(),
        last_request: Cell::new(Instant::now()),
        writer: Mutex::new(writer),
    });
    let (notices, incoming) = mpsc::channel(8);

    // Tasks of their own, so that neither can cut a request short. They end with this function.
    let mut helpers = JoinSet::new();
    helpers.spawn_local(Rc::clone(&session).forward(incoming));
    helpers.spawn_local(Rc::clone(&session).empty_abandoned_basket());

    match session.answer(BufReader::new(reader), notices, closed).await {
        Ok(()) => debug!("ended"),
        Err(error) => info!(%error, "the connection broke"),
    }
}

impl Session {
    async fn answer(
        &self,
        mut reader: impl AsyncBufReadExt + Unpin,
        notices: mpsc::Sender<Message>,
        mut closed: watch::Receiver<bool>,
    ) -> io::Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            let mut bounded = (&mut reader).take(LINE_BYTES_MAX);
            let length = tokio::select! {
                length = bounded.read_line(&mut line) => length?,
                _ = closed.changed() => return self.send(&Message::Closing).await,
            };
            if length == 0 {
                return Ok(());
            }
            self.last_request.set(Instant::now());
            self.shop.statistics.count_request();
            let answer = match serde_json::from_str(&line) {
                Ok(request) => self.perform(request, &notices).await,
                Err(error) => Err(error.to_string()),
            };
            match answer {
                Ok(message) => self.send(&message).await?,
                Err(why) => {
                    self.shop.statistics.count_refusal();
                    self.send(&Message::Refused { why }).await?;
                }
            }
        }
    }

    /// Carries out a request: the answer, or why it was refused.
    async fn perform(&self, request: Request, notices: &mpsc::Sender<Message>) -> Result<Message, String> {
        let shop = &*self.shop;
        match request {
            Request::List => Ok(Message::Offers { offers: shop.offers() }),
            Request::SupplierPrice { sku } => shop
                .quotes
                .price(&shop.supplier, &shop.catalogue, &sku)
                .await
                .map(|price| Message::Price { sku, price })
                .map_err(|error| error.to_string()),
            Request::Add { sku, quantity } => {
                let added = self.basket.borrow_mut().add(&shop.catalogue, &sku, quantity);
                added.map(|()| Message::Done).map_err(|error| error.to_string())
            }
            Request::Remove { sku } => {
                let removed = self.basket.borrow_mut().remove(&sku);
                removed.map(|()| Message::Done).map_err(|error| error.to_string())
            }
            Request::Basket => Ok(Message::Quote { quote: self.basket.borrow().quote(&shop.catalogue) }),
            Request::Checkout { card } => {
                let basket = self.basket.borrow().clone();
                let sold = checkout::checkout(shop, &basket, &card).await;
                if sold.is_ok() {
                    self.basket.borrow_mut().clear();
                }
                sold.map_err(|error| error.to_string())
            }
            Request::Hold => {
                let basket = self.basket.borrow();
                checkout::hold(shop, &basket).await.map_err(|error| error.to_string())
            }
            Request::Collect { reservation, card } => {
                checkout::collect(shop, reservation, &card).await.map_err(|error| error.to_string())
            }
            Request::Watch { sku } => {
                shop.watchers.watch(&sku, notices.clone());
                Ok(Message::Done)
            }
            Request::Stats => Ok(Message::Stats { stats: shop.statistics.now() }),
        }
    }

    async fn forward(self: Rc<Self>, mut notices: mpsc::Receiver<Message>) {
        while let Some(notice) = notices.recv().await {
            if self.send(&notice).await.is_err() {
                return;
            }
        }
    }

    async fn empty_abandoned_basket(self: Rc<Self>) {
        loop {
            let idle = self.last_request.get().elapsed();
            let Some(rest) = BASKET_KEPT.checked_sub(idle) else {
                self.basket.borrow_mut().clear();
                self.last_request.set(Instant::now());
                continue;
            };
            tokio::time::sleep(rest).await;
        }
    }

    async fn send(&self, message: &Message) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        self.writer.lock().await.write_all(&line).await
    }
}
