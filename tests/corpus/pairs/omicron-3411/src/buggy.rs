use futures::future::Fuse;
use futures::{FutureExt, Sink, SinkExt, Stream, StreamExt};

pub struct Frame(pub Vec<u8>);

pub async fn bridge<S, R, T, U>(mut up_tx: S, mut up_rx: R, mut down_tx: T, mut down_rx: U) -> Result<(), S::Error>
where
    S: Sink<Frame> + Unpin,
    T: Sink<Frame, Error = S::Error> + Unpin,
    R: Stream<Item = Result<Frame, S::Error>> + Unpin,
    U: Stream<Item = Result<Frame, S::Error>> + Unpin,
{
    let mut to_down: Option<Frame> = None;
    let mut to_up: Option<Frame> = None;
    loop {
        let up_read;
        let up_write;
        let down_read;
        let down_write;
        match to_down.take() {
            None => {
                up_read = up_rx.next().fuse();
                down_write = Fuse::terminated();
            }
            Some(frame) => {
                up_read = Fuse::terminated();
                down_write = down_tx.send(frame).fuse(); //~ not-cancel-safe-in-select
            }
        }
        match to_up.take() {
            None => {
                down_read = down_rx.next().fuse();
                up_write = Fuse::terminated();
            }
            Some(frame) => {
                down_read = Fuse::terminated();
                up_write = up_tx.send(frame).fuse(); //~ not-cancel-safe-in-select
            }
        }
        tokio::select! {
            frame = up_read => match frame {
                Some(frame) => to_down = Some(frame?),
                None => return Ok(()),
            },
            sent = up_write => sent?,
            frame = down_read => match frame {
                Some(frame) => to_up = Some(frame?),
                None => return Ok(()),
            },
            sent = down_write => sent?,
        }
    }
}
