use futures::future::join_all;
use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, oneshot};

#[derive(Clone)]
pub struct Session {
    stream: Rc<Mutex<TcpStream>>,
    in_flight: Rc<RefCell<Vec<oneshot::Sender<u32>>>>,
}

impl Session {
    async fn write(&self, request: &[u8], answer: oneshot::Sender<u32>) -> Result<(), oneshot::Sender<u32>> {
        if self.stream.lock().await.write_all(request).await.is_err() {
            return Err(answer);
        }
        self.in_flight.borrow_mut().push(answer);
        Ok(())
    }
}

pub struct Sessions {
    open: Rc<RefCell<HashMap<SocketAddr, Session>>>,
    wanted: Vec<SocketAddr>,
}

impl Sessions {
    async fn reconnect(&self) {
        for addr in &self.wanted {
            if self.open.borrow().contains_key(addr) {
                continue;
            }
            if let Ok(stream) = TcpStream::connect(addr).await {
                let session = Session { stream: Rc::new(Mutex::new(stream)), in_flight: Rc::default() };
                self.open.borrow_mut().insert(*addr, session);
            }
        }
    }

    pub async fn heartbeat(&self, request: &[u8]) -> usize {
        self.reconnect().await;
        let mut answers = vec![];
        {
            let open = self.open.borrow().values().cloned().collect::<Vec<_>>();
            let writes = open
                .iter()
                .map(|session| {
                    let (tx, rx) = oneshot::channel();
                    answers.push(rx);
                    session.write(request, tx)
                })
                .collect::<Vec<_>>();
            join_all(writes).await;
        }
        join_all(answers).await.into_iter().filter(Result::is_ok).count()
    }
}

pub fn beat(sessions: Rc<Sessions>) {
    tokio::task::spawn_local(async move {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        loop {
            tick.tick().await;
            println!("{} nodes live", sessions.heartbeat(b"beat").await);
        }
    });
}
