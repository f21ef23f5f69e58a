use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

type Key = (u64, String);

#[derive(Clone)]
pub struct Port {
    pub mac: [u8; 6],
    pub external: bool,
}

struct Inner {
    link: String,
    ports: Mutex<BTreeMap<Key, Port>>,
}

fn set_linkprop(link: &str, macs: &str) -> Result<(), String> {
    let done = std::process::Command::new("dladm").args(["set-linkprop", macs, link]).status();
    done.map(drop).map_err(|error| error.to_string())
}

impl Inner {
    fn update_secondary_macs(&self, ports: &mut MutexGuard<'_, BTreeMap<Key, Port>>) -> Result<(), String> {
        let macs = ports.values().filter(|port| port.external).map(|port| format!("{:x?}", port.mac));
        set_linkprop(&self.link, &macs.collect::<Vec<_>>().join(","))
    }
}

pub struct PortTicket {
    key: Key,
    manager: Option<Arc<Inner>>,
}

impl PortTicket {
    fn new(key: Key, manager: Arc<Inner>) -> Self {
        Self { key, manager: Some(manager) }
    }

    pub fn release(&mut self) -> Result<(), String> {
        if let Some(manager) = self.manager.take() {
            let mut ports = manager.ports.lock().unwrap();
            ports.remove(&self.key);
            return manager.update_secondary_macs(&mut ports);
        }
        Ok(())
    }
}

impl Drop for PortTicket {
    fn drop(&mut self) {
        let _ = self.release();
    }
}

pub struct PortManager {
    inner: Arc<Inner>,
}

impl PortManager {
    pub fn new(link: String) -> Self {
        Self { inner: Arc::new(Inner { link, ports: Mutex::new(BTreeMap::new()) }) }
    }

    pub fn create_port(&self, key: Key, port: Port) -> Result<(Port, PortTicket), String> {
        let (port, ticket) = {
            let mut ports = self.inner.ports.lock().unwrap();
            let ticket = PortTicket::new(key.clone(), self.inner.clone());
            let old = ports.insert(key, port.clone());
            assert!(old.is_none(), "duplicate port");
            self.inner.update_secondary_macs(&mut ports)?;
            (port, ticket)
        }; //~ lock-retaken-in-drop
        Ok((port, ticket))
    }
}
