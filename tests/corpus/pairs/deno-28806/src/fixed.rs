use futures::FutureExt;
use std::cell::OnceCell;
use std::future::Future;
use std::path::PathBuf;
use std::rc::Rc;

pub struct Deferred<T>(OnceCell<T>);

impl<T> Deferred<T> {
    async fn get_or_try_init(&self, create: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<&T> {
        if self.0.get().is_none() {
            let value = create.await?;
            let _ = self.0.set(value);
        }
        Ok(self.0.get().unwrap())
    }
}

pub struct Lockfile(String);
pub struct Snapshot(Rc<Lockfile>, Vec<u8>);
pub struct Resolution(Rc<Snapshot>, Option<Rc<Lockfile>>);
pub struct Installer(Rc<Resolution>, Rc<Snapshot>);
pub struct GraphResolver(Rc<Installer>);
pub struct Analyzer(Rc<GraphResolver>);
pub struct Translator(Rc<Analyzer>);

pub struct Factory {
    root: PathBuf,
    lockfile: Deferred<Rc<Lockfile>>,
    snapshot: Deferred<Rc<Snapshot>>,
    resolution: Deferred<Rc<Resolution>>,
    installer: Deferred<Rc<Installer>>,
    graph_resolver: Deferred<Rc<GraphResolver>>,
    analyzer: Deferred<Rc<Analyzer>>,
    translator: Deferred<Rc<Translator>>,
}

impl Factory {
    async fn lockfile(&self) -> anyhow::Result<&Rc<Lockfile>> {
        let create = async {
            let path = self.root.join("deno.lock");
            let found = tokio::fs::try_exists(&path).await?;
            let text = if found { tokio::fs::read_to_string(path).await? } else { String::new() };
            Ok(Rc::new(Lockfile(text)))
        };
        self.lockfile.get_or_try_init(create).await
    }

    async fn snapshot(&self) -> anyhow::Result<&Rc<Snapshot>> {
        let create = async {
            let lockfile = self.lockfile().await?.clone();
            let cached = tokio::fs::read(self.root.join("snapshot")).await.unwrap_or_default();
            Ok(Rc::new(Snapshot(lockfile, cached)))
        };
        self.snapshot.get_or_try_init(create).await
    }

    async fn resolution(&self) -> anyhow::Result<&Rc<Resolution>> {
        let create = async {
            let snapshot = self.snapshot().await?.clone();
            Ok(Rc::new(Resolution(snapshot, Some(self.lockfile().await?.clone()))))
        };
        self.resolution.get_or_try_init(create).await
    }

    async fn installer(&self) -> anyhow::Result<&Rc<Installer>> {
        let create = async {
            let resolution = self.resolution().await?.clone();
            Ok(Rc::new(Installer(resolution, self.snapshot().await?.clone())))
        };
        self.installer.get_or_try_init(create).await
    }

    async fn graph_resolver(&self) -> anyhow::Result<&Rc<GraphResolver>> {
        let create = async { Ok(Rc::new(GraphResolver(self.installer().await?.clone()))) };
        self.graph_resolver.get_or_try_init(create.boxed_local()).await
    }

    async fn analyzer(&self) -> anyhow::Result<&Rc<Analyzer>> {
        let create = async { Ok(Rc::new(Analyzer(self.graph_resolver().await?.clone()))) };
        self.analyzer.get_or_try_init(create).await
    }

    pub async fn translator(&self) -> anyhow::Result<&Rc<Translator>> {
        let create = async { Ok(Rc::new(Translator(self.analyzer().await?.clone()))) };
        self.translator.get_or_try_init(create.boxed_local()).await
    }
}
