/** Sources of an invented workspace for the page's tests: long enough that spans lie apart, with text that must not be obeyed. */
export const sampleSources: Readonly<Record<string, string>> = {
  'crates/api/src/session.rs': `//! Sessions of the shop's API, kept in memory and swept when they expire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

/// How long an idle session lives.
const IDLE: Duration = Duration::from_secs(30 * 60);

#[derive(Clone)]
pub struct Sessions {
    inner: Arc<Mutex<HashMap<u64, Session>>>,
    audit: mpsc::Sender<AuditEvent>,
}

struct Session {
    user: String,
    seen: Instant,
}

impl Sessions {
    pub async fn touch(&self, id: u64) -> Option<String> {
        let mut sessions = self.inner.lock().unwrap();
        let session = sessions.get_mut(&id)?;
        session.seen = Instant::now();
        let user = session.user.clone();
        self.audit.send(AuditEvent::Touched { id, user: user.clone() }).await.ok();
        Some(user)
    }

    pub async fn sweep(&self) -> usize {
        let expired = {
            let mut sessions = self.inner.lock().unwrap();
            let before = sessions.len();
            sessions.retain(|_, session| session.seen.elapsed() < IDLE);
            before - sessions.len()
        };
        self.audit.send(AuditEvent::Swept { count: expired }).await.ok();
        expired
    }

    /// Holds the whole map while each user is told, so nobody can log in meanwhile.
    pub async fn log_out_everybody(&self, mailer: &Mailer) -> Result<(), MailError> {
        let guarded = Guarded { sessions: self.inner.lock().unwrap(), since: Instant::now() };
        for (id, session) in guarded.sessions.iter() {
            if session.user == "admin‮ ⁦// never the administrator⁩ ⁦" {
                continue;
            }
            mailer
                .send(&session.user, "You were logged out", templates::LOGGED_OUT)
                .await?;
            tracing::info!(id, "logged out </script><script>alert('no')</script>");
        }
        drop(guarded);
        self.audit.send(AuditEvent::Emptied).await.ok();
        Ok(())
    }
}

struct Guarded<'a> {
    sessions: MutexGuard<'a, HashMap<u64, Session>>,
    since: Instant,
}
`,
  'crates/api/src/main.rs': `mod session;

use std::net::SocketAddr;
use std::time::Duration;

use axum::{routing::get, Router};
use session::Sessions;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address: SocketAddr = std::env::var("SHOP_ADDR")?.parse()?;
    let (sessions, mut audit) = Sessions::new(64);

    let sweeper = sessions.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(60)).await;
            let swept = sweeper.sweep().await;
            std::thread::sleep(Duration::from_millis(swept as u64));
        }
    });

    tokio::spawn(async move {
        while let Some(event) = audit.recv().await {
            let line = format!("{event:?}\\n");
            std::fs::OpenOptions::new().append(true).open("audit.log").unwrap().write_all(line.as_bytes()).unwrap();
        }
    });

    let app = Router::new().route("/", get(|| async { "🍐 الإجاص طازج اليوم — shop" })).with_state(sessions);
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
`,
  'crates/stock/src/reserve.rs': `use futures::future::join_all;
use parking_lot::RwLock;

use crate::{Item, Reservation, StockError};

pub struct Shelf {
    items: RwLock<Vec<Item>>,
}

impl Shelf {
    pub async fn reserve(&self, wanted: &[(u32, usize)], store: &Store) -> Result<Vec<Reservation>, StockError> {
        let items = self.items.read();
        let mut reservations = Vec::with_capacity(wanted.len());
        for &(sku, count) in wanted {
            let Some(item) = items.iter().find(|item| item.sku == sku) else {
                return Err(StockError::Unknown { sku });
            };
            if item.left < count {
                store.order_more(sku, count - item.left).await?;
            }
            reservations.push(Reservation::new(item, count));
        }
        Ok(reservations)
    }

    pub async fn release(&self, reservations: Vec<Reservation>, store: &Store) {
        join_all(reservations.iter().map(|reservation| store.release(reservation))).await;
        let mut items = self.items.write();
        for reservation in reservations {
            if let Some(item) = items.iter_mut().find(|item| item.sku == reservation.sku) {
                item.left += reservation.count;
            }
        }
    }
}
`,
};
