//! `shop-cli [ADDRESS] list | put FRUIT COUNT | check-out | balance …`: several commands make one visit.

use std::process::ExitCode;

use shop_core::{Reply, Request};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let address = if words.first().is_some_and(|word| word.contains(':')) {
        words.remove(0)
    } else {
        "127.0.0.1:7878".to_owned()
    };
    let requests = match parse(&words) {
        Ok(requests) if !requests.is_empty() => requests,
        Ok(_) => return usage("nothing to do"),
        Err(why) => return usage(&why),
    };
    match visit(&address, &requests).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop-cli: {address}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage(why: &str) -> ExitCode {
    eprintln!("shop-cli: {why}\nusage: shop-cli [ADDRESS] list | put FRUIT COUNT | check-out | balance …");
    ExitCode::from(2)
}

fn parse(words: &[String]) -> Result<Vec<Request>, String> {
    let mut requests = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        requests.push(match word.as_str() {
            "list" => Request::List,
            "check-out" => Request::CheckOut,
            "balance" => Request::Balance,
            "put" => {
                let fruit = rest.next().ok_or("put what?")?.clone();
                let count = rest.next().ok_or("how many?")?;
                let count = count.parse().map_err(|_| format!("`{count}` is no number"))?;
                Request::Put { fruit, count }
            }
            other => return Err(format!("`{other}` is no command")),
        });
    }
    Ok(requests)
}

async fn visit(address: &str, requests: &[Request]) -> std::io::Result<()> {
    let (reading, mut writing) = TcpStream::connect(address).await?.into_split();
    let mut lines = BufReader::new(reading).lines();
    for request in requests {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        writing.write_all(&line).await?;
        if let Some(reply) = next_reply(&mut lines).await? {
            show(&reply);
        }
    }
    Ok(())
}

async fn next_reply<R>(lines: &mut tokio::io::Lines<BufReader<R>>) -> std::io::Result<Option<Reply>>
where
    R: tokio::io::AsyncRead + Unpin,
{
    while let Some(line) = lines.next_line().await? {
        match line.strip_prefix('#') {
            Some(notice) => println!("{}", notice.trim()),
            None => return Ok(Some(serde_json::from_str(&line)?)),
        }
    }
    Ok(None)
}

fn show(reply: &Reply) {
    match reply {
        Reply::Fruit { fruit } => {
            for fruit in fruit {
                println!("{:10} {:>6}  {:>4} left", fruit.name, fruit.price.to_string(), fruit.on_hand);
            }
        }
        Reply::Total { total } => println!("basket: {total}"),
        Reply::Receipt { number, total } => println!("receipt {number}: {total}"),
        Reply::Balance { balance } => println!("balance: {balance}"),
        Reply::Refused { why } => println!("refused: {why}"),
    }
}
