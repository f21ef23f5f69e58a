use futures::channel::mpsc;
use futures::{SinkExt, Stream, StreamExt};
use std::future::Future;
use std::pin::Pin;

pub struct Block {
    pub hash: u64,
    pub number: u32,
}

type Processed = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

pub async fn follow_imports<P, I, S>(processor: P, mut imports: I, mut pauses: S, throttle: usize)
where
    P: Fn((u64, u32)) -> Processed + Send + Sync + 'static,
    I: Stream<Item = Block> + Unpin,
    S: Stream<Item = (u32, mpsc::Sender<()>)> + Unpin,
{
    let (mut block_sender, mut block_receiver) = mpsc::channel(throttle);
    tokio::spawn(async move {
        while let Some(work) = block_receiver.next().await {
            if let Some(block) = work {
                if let Err(error) = processor(block).await {
                    eprintln!("a block was not processed: {error}");
                    break;
                }
            }
        }
    });
    loop {
        tokio::select! {
            import = imports.next() => {
                let Some(block) = import else { break };
                let _ = block_sender.feed(Some((block.hash, block.number))).await;
            }
            pause = pauses.next() => {
                let Some((_number, mut acknowledge)) = pause else { break };
                let _ = block_sender.feed(None).await;
                let _ = acknowledge.send(()).await;
            }
        }
    }
}
