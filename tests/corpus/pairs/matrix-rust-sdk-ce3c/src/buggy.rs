use std::collections::BTreeMap;
use tokio::sync::{Mutex, RwLock};

#[derive(Clone)]
pub struct Event {
    id: [u8; 64],
    sender: [u8; 255],
    room: [u8; 255],
    content: [u8; 1024],
    keys: [[u8; 32]; 8],
}

/// What is known of a room, and is written to the store when a response was handled.
struct RoomInfo {
    name: [u8; 255],
    alias: [u8; 255],
    topic: [u8; 1024],
    members: [u64; 128],
}

impl RoomInfo {
    fn of(first: &Event) -> Self {
        RoomInfo { name: first.room, alias: first.room, topic: first.content, members: [0; 128] }
    }
}

#[derive(Default)]
struct Store {
    devices: BTreeMap<[u8; 255], u64>,
}

#[derive(Default)]
pub struct Machine {
    store: Mutex<Store>,
    pending: RwLock<Vec<Event>>,
}

impl Machine {
    async fn device_of(&self, sender: [u8; 255]) -> anyhow::Result<u64> {
        let store = self.store.lock().await;
        store.devices.get(&sender).copied().ok_or_else(|| anyhow::anyhow!("an unknown device"))
    }

    async fn handle_verification(&self, event: &Event) -> anyhow::Result<()> {
        let answer = Event { content: [1; 1024], ..event.clone() };
        let device = self.device_of(event.sender).await?;
        if device > 0 {
            self.pending.write().await.push(answer);
        }
        Ok(())
    }

    async fn decrypt(&self, event: &Event) -> anyhow::Result<Event> {
        let mut decrypted = event.clone();
        for key in event.keys {
            decrypted.content[..32].copy_from_slice(&key);
            let known = self.pending.read().await.iter().any(|other| other.id == decrypted.id);
            if !known {
                self.handle_verification(&decrypted).await?;
            }
        }
        Ok(decrypted)
    }
}

pub struct Client {
    machine: Machine,
}

impl Client {
    async fn handle_timeline(&self, room: &mut RoomInfo, events: &[Event]) -> anyhow::Result<Vec<Event>> {
        let mut timeline = Vec::new();
        for event in events {
            let mut event = event.clone();
            match event.content[0] {
                b'e' => event = self.machine.decrypt(&event).await?,
                b'v' => self.machine.handle_verification(&event).await?,
                _ => room.topic = event.content,
            }
            timeline.push(event);
        }
        Ok(timeline)
    }

    async fn receive_room(&self, leader: Event, events: &[Event]) -> anyhow::Result<(RoomInfo, usize)> {
        let mut room = RoomInfo::of(&leader);
        let timeline = self.handle_timeline(&mut room, events).await?;
        room.members[0] = self.machine.device_of(leader.sender).await?;
        Ok((room, timeline.len()))
    }

    async fn receive_sync(&self, events: Vec<Event>) -> anyhow::Result<usize> {
        let Some(first) = events.first().cloned() else { return Ok(0) };
        let (room, count) = self.receive_room(first.clone(), &events).await?;
        self.machine.pending.write().await.push(first);
        anyhow::ensure!(room.name == room.alias, "a room of another name");
        Ok(count)
    }

    pub async fn sync_once(&self, response: Vec<Event>) -> anyhow::Result<usize> {
        let last = response.last().cloned();
        let members = self.receive_sync(response).await?; //~ large-future
        self.machine.pending.write().await.extend(last);
        Ok(members)
    }
}
