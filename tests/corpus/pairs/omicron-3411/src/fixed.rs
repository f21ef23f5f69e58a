use futures::future::{poll_fn, Either};
use futures::{Sink, SinkExt, Stream, StreamExt};
use std::future::pending;

pub struct Frame(pub Vec<u8>);

/// Room for one item; nothing is taken before it is there.
async fn room<S: Sink<Frame> + Unpin>(sink: &mut S) -> Result<(), S::Error> {
    poll_fn(|cx| sink.poll_ready_unpin(cx)).await
}

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
        let (up_read, down_room) = match to_down {
            None => (Either::Left(up_rx.next()), Either::Right(pending())),
            Some(_) => (Either::Right(pending()), Either::Left(room(&mut down_tx))),
        };
        let (down_read, up_room) = match to_up {
            None => (Either::Left(down_rx.next()), Either::Right(pending())),
            Some(_) => (Either::Right(pending()), Either::Left(room(&mut up_tx))),
        };
        tokio::select! {
            frame = up_read => match frame {
                Some(frame) => to_down = Some(frame?),
                None => return Ok(()),
            },
            free = up_room => {
                free?;
                let frame = to_up.take().expect("room is asked for when there is a frame");
                up_tx.send(frame).await?;
            }
            frame = down_read => match frame {
                Some(frame) => to_up = Some(frame?),
                None => return Ok(()),
            },
            free = down_room => {
                free?;
                let frame = to_down.take().expect("room is asked for when there is a frame");
                down_tx.send(frame).await?;
            }
        }
    }
}
