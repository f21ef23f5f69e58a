use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

type Key = (u64, u8);

#[derive(Clone)]
pub struct Port {
    pub name: String,
    pub ips: Vec<IpAddr>,
}

struct Inner {
    ports: Mutex<BTreeMap<Key, Port>>,
    gateways: Mutex<BTreeMap<u64, Vec<IpAddr>>>,
}

#[derive(Clone)]
pub struct PortManager {
    inner: Arc<Inner>,
}

pub struct PortTicket {
    key: Key,
    manager: Arc<Inner>,
}

impl PortTicket {
    fn new(key: Key, manager: Arc<Inner>) -> Self {
        Self { key, manager }
    }

    fn release_inner(&mut self) -> Result<(), String> {
        let mut ports = self.manager.ports.lock().unwrap();
        ports.remove(&self.key).map(drop).ok_or_else(|| String::from("no such port"))
    }
}

impl Drop for PortTicket {
    fn drop(&mut self) {
        let _ = self.release_inner();
    }
}

impl PortManager {
    pub fn new() -> Self {
        let inner = Inner { ports: Mutex::new(BTreeMap::new()), gateways: Mutex::new(BTreeMap::new()) };
        Self { inner: Arc::new(inner) }
    }

    pub fn create_port(&self, key: Key, ips: Vec<IpAddr>, is_instance: bool) -> Result<(Port, PortTicket), String> {
        let (port, ticket) = {
            let mut ports = self.inner.ports.lock().unwrap();
            let ticket = PortTicket::new(key, self.inner.clone());
            let port = Port { name: format!("opte{}", ports.len()), ips };
            let old = ports.insert(key, port.clone());
            assert!(old.is_none(), "duplicate port");

            if is_instance {
                self.ensure_external_ips(&port, key.0)?;
            }
            (port, ticket)
        }; //~ lock-retaken-in-drop
        Ok((port, ticket))
    }

    fn ensure_external_ips(&self, port: &Port, nic: u64) -> Result<(), String> {
        match self.inner.gateways.lock().unwrap().get(&nic) {
            Some(known) if port.ips.iter().all(|ip| known.contains(ip)) => Ok(()),
            _ => Err(format!("{} has no gateway", port.name)),
        }
    }
}
