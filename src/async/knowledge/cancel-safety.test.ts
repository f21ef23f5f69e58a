import { expect, test } from 'vitest';
import { parseType } from '#mir/type-parser.ts';
import { cancelSafetyTable, cratesOfFutures } from './cancel-safety.ts';

const table = cancelSafetyTable();
const rowOf = (printed: string) => table.find(parseType(printed))?.path ?? null;

test('a future is found by how rustc prints it', () => {
  expect(
    [
      '{async fn body of tokio::sync::mpsc::Receiver<u32>::recv()}',
      "tokio::io::util::read_exact::ReadExact<'_, tokio::net::TcpStream>",
      '{async fn body of tokio::io::Lines<tokio::io::BufReader<tokio::io::Stdin>>::next_line()}',
      "futures::sink::Send<'_, app::Sink, u32>",
      "flume::r#async::SendFut<'_, u32>",
      'std::future::PollFn<{closure@embassy_sync::signal::Signal<app::Raw, u32>::wait::{closure#0}}>',
      '{async fn body of tokio::task::yield_now::yield_now()}',
    ].map(printed => rowOf(printed)),
  ).toMatchInlineSnapshot(`
    [
      "tokio::sync::mpsc::Receiver::recv",
      "tokio::io::AsyncReadExt::read_exact",
      "tokio::io::Lines::next_line",
      "futures_util::sink::SinkExt::send",
      "flume::Sender::send_async",
      "embassy_sync::Signal::wait",
      "tokio::task::yield_now",
    ]
  `);
});

test('what is no such future is not found', () => {
  for (const printed of [
    '{async fn body of app::Receiver::recv()}',
    '{async block@src/lib.rs:1:2: 3:4}',
    'app::read_exact::ReadExact<u32>',
    'std::future::PollFn<{closure@src/lib.rs:1:2: 3:4}>',
    'tokio::net::TcpStream',
  ])
    expect(rowOf(printed), printed).toBe(null);
});

test('every documented loss names what is lost', () => {
  for (const row of table.rows) {
    if (row.safety !== 'unsafe' || row.class === 'miscount') continue;
    expect(row.state.length + row.value.length, row.path).toBeGreaterThan(0);
  }
  expect(cratesOfFutures().has('tokio')).toBe(true);
});

test('a malformed row is refused', () => {
  const [row] = table.rows;
  expect(cancelSafetyTable([row]).rows).toEqual([row]);
  expect(() => cancelSafetyTable([row, row])).toThrow('twice');
  expect(() => cancelSafetyTable([{ ...row, safety: 'unsafe', class: null }])).toThrow('malformed');
  expect(() => cancelSafetyTable([{ ...row, futures: ['Recv<T>'] }])).toThrow('malformed');
});
