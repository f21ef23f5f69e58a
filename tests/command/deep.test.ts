/** `--deep`: what blocks in a dependency, what it does with closures, and what its futures lose, is known by its MIR. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, writeFiles } from './sample-workspace.ts';

/** A crate of this name stands in for the published one, so that no registry is needed. */
const tokioStandIn = `pub mod time {
    use std::{future::Future, pin::Pin, task::{Context, Poll}, time::Duration};
    pub struct Elapsed;
    pub struct Timeout<F>(pub F);
    pub fn timeout<F: Future>(_: Duration, future: F) -> Timeout<F> { Timeout(future) }
    impl<F: Future> Future for Timeout<F> {
        type Output = Result<F::Output, Elapsed>;
        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            unsafe { self.map_unchecked_mut(|timeout| &mut timeout.0) }.poll(cx).map(Ok)
        }
    }
}
`;

const tiny = `mod client;
pub use client::{Client, Shape};

pub fn connect(name: &str) -> usize { dial(name) }
fn dial(name: &str) -> usize { std::thread::sleep(std::time::Duration::from_millis(1)); name.len() }

pub fn in_place<T>(work: impl FnOnce() -> T) -> T { work() }
pub fn on_a_thread(work: impl FnOnce() + Send + 'static) { std::thread::spawn(work); }
`;

const client = `pub struct Client { queue: Vec<String> }
pub trait Shape { fn load(&self) -> String; }
impl Shape for Client { fn load(&self) -> String { std::fs::read_to_string("shape").unwrap_or_default() } }

impl Client {
    pub fn new() -> Client { Client { queue: vec![String::new()] } }
    pub fn plain(&self) -> usize { self.queue.len() }
    pub async fn next(&mut self) -> Option<String> {
        let first = self.queue.pop()?;
        std::future::ready(()).await;
        Some(first)
    }
    pub async fn look(&self) -> usize {
        std::future::ready(()).await;
        self.queue.len()
    }
    pub async fn slow(&self) -> usize {
        std::future::ready(()).await;
        std::thread::sleep(std::time::Duration::from_millis(1));
        self.queue.len()
    }
}
`;

const app = `use std::time::Duration;
use tiny::{Client, Shape};
use tokio::time::timeout;

pub async fn blocks(client: &Client) -> usize {
    client.plain() + tiny::connect("here") + client.load().len()
}

pub async fn closures() -> usize {
    tiny::on_a_thread(|| std::thread::sleep(Duration::from_millis(2)));
    tiny::in_place(|| { std::thread::sleep(Duration::from_millis(3)); 1 })
}

pub async fn awaits(client: &Client) -> usize { client.slow().await }

pub async fn drains(mut client: Client) -> usize {
    let mut sum = 0;
    while let Ok(Some(next)) = timeout(Duration::from_secs(1), client.next()).await {
        sum += next.len();
    }
    sum + client.plain()
}

pub async fn waits(client: &Client) -> usize {
    timeout(Duration::from_secs(1), client.look()).await.unwrap_or(0)
}
`;

function appOverTiny(): string {
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': `${libManifest('app')}[dependencies]\ntiny = { path = "../tiny" }\ntokio = { path = "../stand-in" }\n`,
    'src/lib.rs': app,
    '../tiny/Cargo.toml': `${libManifest('tiny')}[workspace]\n`,
    '../tiny/src/lib.rs': tiny,
    '../tiny/src/client.rs': client,
    '../stand-in/Cargo.toml': `${libManifest('tokio')}[workspace]\n`,
    '../stand-in/src/lib.rs': tokioStandIn,
  });
  return folder;
}

function drawn({ findings, unknowns }: Report): string {
  const lines = findings.flatMap(({ severity, rule, message, location, notes }) => [
    `${location.startLine}: ${severity} ${rule}: ${message}`,
    ...(notes ?? []).filter(note => note.startsWith('inside of')).map(note => `    ${note}`),
  ]);
  return [...lines, ...unknowns.map(({ what, count }) => `${count} × unknown: ${what}`)].join('\n');
}

test('what a dependency does is found with it, and unknown or silent without', async () => {
  const folder = appOverTiny();
  expect(drawn(await reportOf(['async'], { cwd: folder }))).toMatchInlineSnapshot(`
    "2 × unknown: closures that block and that async code passes on
    2 × unknown: futures in \`select!\`, timeouts and the like whose cancel safety is not known"
  `);
  expect(drawn(await reportOf(['async', '--deep'], { cwd: folder }))).toMatchInlineSnapshot(`
    "6: warning async/blocking-call: \`connect\` blocks the thread of async code
        inside of tiny 0.1.0 it calls \`tiny::dial\`, which calls \`std::thread::sleep\`, at src/lib.rs:5 of tiny 0.1.0
    11: warning async/blocking-call: \`std::thread::sleep\` blocks the thread of async code
    14: warning async/blocking-call: \`slow\` blocks the thread of async code
        inside of tiny 0.1.0 it calls \`std::thread::sleep\`, at src/client.rs:19 of tiny 0.1.0
    6: note async/blocking-call: \`load\` runs on the thread of async code
        inside of tiny 0.1.0 it calls \`std::fs::read_to_string\`, at src/client.rs:3 of tiny 0.1.0"
  `);
});

test('an unchanged workspace is answered from what is kept, and a changed dependency is read again', async () => {
  const folder = appOverTiny();
  const first = await reportOf(['async', '--deep'], { cwd: folder });
  const again = await runAssay(['async', '--deep', '--format', 'json', '--fail-on', 'never'], {
    cwd: folder,
  });
  expect(JSON.parse(again.stdout)).toEqual(first);
  expect(again.stderr).toContain('nothing changed');
  const kept = readdirSync(join(folder, 'target/assay/units-deep'), { recursive: true }) as string[];
  const ofTiny = kept
    .filter(name => /^tiny-\w+\/./.test(name))
    .map(name => name.replace(/-[0-9a-f]{16}/, '-HASH'));
  expect(ofTiny).toMatchInlineSnapshot(`
    [
      "tiny-HASH/summary.z",
    ]
  `);

  writeFileSync(
    join(folder, '../tiny/src/lib.rs'),
    tiny.replace('std::thread::sleep(std::time::Duration::from_millis(1)); ', ''),
  );
  const changed = await reportOf(['async', '--deep'], { cwd: folder });
  const lines = drawn(first).split('\n');
  const left = drawn(changed).split('\n');
  expect(lines.filter(line => !left.includes(line))).toMatchInlineSnapshot(`
    [
      "6: warning async/blocking-call: \`connect\` blocks the thread of async code",
      "    inside of tiny 0.1.0 it calls \`tiny::dial\`, which calls \`std::thread::sleep\`, at src/lib.rs:5 of tiny 0.1.0",
    ]
  `);
});

test('recorded evidence has the summaries, and gives the same report', async () => {
  const folder = appOverTiny();
  const live = await reportOf(['async', '--deep'], { cwd: folder });
  await runAssay(['collect', '--deep', '-q', '-o', '../deep.assay'], { cwd: folder });
  const recorded = await reportOf(['async', '--from', '../deep.assay'], { cwd: folder });
  expect(drawn(recorded)).toBe(drawn(live));
});

test('where it has no meaning it is refused', async () => {
  const folder = appOverTiny();
  const { exitCode, stderr } = await runAssay(['build', '--deep'], { cwd: folder });
  expect(`${exitCode}\n${stderr}`).toMatchInlineSnapshot(`
    "2
    error: \`assay build\` does not look at async code; \`--deep\` is of \`assay async\`

    For the flags, try \`cargo assay --help\`.
    "
  `);
});
