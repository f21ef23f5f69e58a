use std::future::Future;
use std::sync::Arc;

pub struct Message {
    pub event: String,
    pub body: Vec<u8>,
}

pub trait FromMessage: Sized {
    fn from_message(message: &Message) -> Result<Self, String>;
}

pub trait MessageHandler<T>: Send + Sync + 'static {
    fn call(&self, message: Message);
}

macro_rules! handlers {
    ($($part:ident),*) => {
        #[allow(non_snake_case)]
        impl<F, Fut, $($part),*> MessageHandler<(Fut, $($part,)*)> for F
        where
            F: Fn($($part),*) -> Fut + Send + Sync + Clone + 'static,
            Fut: Future<Output = ()> + Send + 'static,
            $($part: FromMessage + Send + 'static),*
        {
            fn call(&self, message: Message) {
                $(
                    let $part = match $part::from_message(&message) {
                        Ok(part) => part,
                        Err(error) => {
                            eprintln!("{}: {error}", message.event);
                            return;
                        }
                    };
                )*
                let handled = (self.clone())($($part),*);
                tokio::spawn(handled);
            }
        }
    };
}

handlers!(A);
handlers!(A, B);

pub struct Route<T> {
    handler: Arc<dyn MessageHandler<T>>,
}

impl<T: 'static> Route<T> {
    pub fn new(handler: impl MessageHandler<T>) -> Self {
        Route { handler: Arc::new(handler) }
    }

    pub fn deliver(&self, message: Message) {
        self.handler.call(message);
    }
}
