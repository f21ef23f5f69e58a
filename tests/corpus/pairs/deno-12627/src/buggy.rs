use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

#[derive(Default)]
pub struct OpState {
    values: HashMap<TypeId, Box<dyn Any>>,
}

impl OpState {
    pub fn put<T: 'static>(&mut self, value: T) {
        self.values.insert(TypeId::of::<T>(), Box::new(value));
    }

    pub fn get<T: 'static>(&self) -> &T {
        self.values[&TypeId::of::<T>()].downcast_ref().unwrap()
    }
}

#[derive(Clone)]
pub struct Modules(Arc<Vec<String>>);

#[derive(Clone)]
pub struct Permissions {
    pub net: bool,
}

impl Modules {
    async fn fetch(&self, name: &str, allowed: &mut Permissions) -> Result<String, String> {
        tokio::task::yield_now().await;
        let found = self.0.iter().find(|module| allowed.net && module.as_str() == name);
        found.cloned().ok_or_else(|| format!("no module {name}"))
    }
}

async fn emit(state: Rc<RefCell<OpState>>, root: String) -> Result<String, String> {
    let state = state.borrow(); //~ borrow-held-across-await
    let modules = state.get::<Modules>();
    let mut allowed = { state.get::<Permissions>().clone() };

    let source = modules.fetch(&root, &mut allowed).await?;
    let map = modules.fetch(&format!("{root}.map"), &mut allowed).await?;
    Ok(source + &map)
}

pub struct Runtime {
    state: Rc<RefCell<OpState>>,
    pending: FuturesUnordered<LocalBoxFuture<'static, Result<String, String>>>,
}

impl Runtime {
    pub fn start_emit(&mut self, root: String) {
        self.pending.push(Box::pin(emit(self.state.clone(), root)));
    }

    pub fn set_timer(&mut self, millis: u64) {
        self.state.borrow_mut().put(millis);
    }

    pub async fn step(&mut self) -> Option<Result<String, String>> {
        self.pending.next().await
    }
}
