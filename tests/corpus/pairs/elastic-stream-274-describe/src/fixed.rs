use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use tokio::sync::{mpsc, oneshot};

type Answer = oneshot::Sender<Vec<SocketAddr>>;

#[derive(Clone)]
pub struct Session {
    requests: mpsc::Sender<Answer>,
}

impl Session {
    async fn describe(&self, answer: Answer) -> Result<(), Answer> {
        self.requests.send(answer).await.map_err(|unsent| unsent.0)
    }
}

#[derive(Default)]
pub struct Sessions {
    open: Rc<RefCell<HashMap<SocketAddr, Session>>>,
}

impl Sessions {
    pub fn closed(&self, addr: &SocketAddr) {
        self.open.borrow_mut().remove(addr);
    }

    pub async fn cluster(&self, addrs: &[SocketAddr]) -> Option<Vec<SocketAddr>> {
        let (mut tx, rx) = oneshot::channel();
        let mut sent = false;
        for addr in addrs {
            let session = match self.open.borrow().get(addr) {
                Some(session) => session.clone(),
                None => continue,
            };
            if let Err(unsent) = session.describe(tx).await {
                tx = unsent;
                continue;
            }
            sent = true;
            break;
        }
        if sent { rx.await.ok() } else { None }
    }
}

pub fn refresh(sessions: Rc<Sessions>, addrs: Vec<SocketAddr>) {
    tokio::task::spawn_local(async move {
        match sessions.cluster(&addrs).await {
            Some(nodes) => println!("{} nodes", nodes.len()),
            None => println!("no session"),
        }
    });
}
