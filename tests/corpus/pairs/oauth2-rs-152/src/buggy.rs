use std::future::Future;
use std::time::{Duration, Instant};

pub enum Answer {
    Token(String),
    Pending,
    SlowDown,
}

pub struct DeviceRequest {
    pub code: String,
    pub interval: Duration,
    pub expires: Instant,
}

impl DeviceRequest {
    pub async fn token<C, F, S, SF, E>(self, client: C, sleep: S) -> Result<Option<String>, E>
    where
        C: Fn(String) -> F,
        F: Future<Output = Result<Answer, E>>,
        S: Fn(Duration) -> SF,
        SF: Future<Output = ()>,
    {
        let mut interval = self.interval;
        loop {
            if Instant::now() > self.expires {
                return Ok(None);
            }
            match client(self.code.clone()).await? {
                Answer::Token(token) => return Ok(Some(token)),
                Answer::Pending => {}
                Answer::SlowDown => interval += Duration::from_secs(5),
            }
            sleep(interval); //~ unawaited-future
        }
    }
}
