use std::cell::RefCell;
use std::rc::Rc;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

type Message = (Vec<u8>, Vec<u32>);

#[derive(Default)]
pub struct Resources(Vec<u32>);

impl Resources {
    fn adopt(&mut self, ids: Vec<u32>) {
        self.0.extend(ids);
    }
}

pub struct Port {
    rx: RefCell<UnboundedReceiver<Message>>,
    tx: RefCell<Option<UnboundedSender<Message>>>,
}

impl Port {
    pub fn send(&self, message: Message) {
        if let Some(tx) = &*self.tx.borrow() {
            tx.send(message).ok();
        }
    }

    pub async fn recv(&self, resources: &RefCell<Resources>) -> Result<Option<Vec<u8>>, String> {
        let mut rx = self //~ borrow-held-across-await
            .rx
            .try_borrow_mut()
            .map_err(|_| String::from("port is already being received from"))?;
        if let Some((data, ids)) = rx.recv().await {
            resources.borrow_mut().adopt(ids);
            return Ok(Some(data));
        }
        Ok(None)
    }

    pub fn disentangle(&self) {
        self.rx.borrow_mut().close();
        self.tx.borrow_mut().take();
    }
}

/// What a script calls while its event loop listens with `recv`.
pub fn receive_now(port: &Port, resources: &RefCell<Resources>) -> Option<Vec<u8>> {
    match port.rx.borrow_mut().try_recv() {
        Ok((data, ids)) => {
            resources.borrow_mut().adopt(ids);
            Some(data)
        }
        Err(TryRecvError::Empty | TryRecvError::Disconnected) => None,
    }
}

pub fn listen(port: Rc<Port>, resources: Rc<RefCell<Resources>>, on_message: impl Fn(Vec<u8>) + 'static) {
    tokio::task::spawn_local(async move {
        while let Ok(Some(data)) = port.recv(&resources).await {
            on_message(data);
        }
    });
}
