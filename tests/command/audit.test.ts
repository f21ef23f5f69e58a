import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, writeFiles } from './sample-workspace.ts';

const shopEvidence = resolve(import.meta.dirname, '../../examples/shop.assay');

/**
 * A crate of this name stands in for the published one, so that no registry is needed: the paths of its items are what
 * the rules go by.
 */
const tokioStandIn = `pub mod time {
    use std::{future::Future, pin::Pin, task::{Context, Poll}, time::Duration};
    pub struct Elapsed;
    pub struct Timeout<F>(pub F);
    pub fn timeout<F: Future>(_: Duration, future: F) -> Timeout<F> { Timeout(future) }
    impl<F: Future + Unpin> Future for Timeout<F> {
        type Output = Result<F::Output, Elapsed>;
        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            Pin::new(&mut self.0).poll(cx).map(Ok)
        }
    }
}
`;

const source = (comment: string) => `use std::{future::Future, time::Duration};
use tokio::time::timeout;
${comment}
pub async fn limited<F: Future<Output = u32> + Unpin>(work: F) -> Option<u32> {
    timeout(Duration::from_secs(1), work).await.ok()
}
pub async fn handed(task: std::future::Ready<u32>) -> Option<u32> {
    timeout(Duration::from_secs(1), task).await.ok()
}
`;

function auditedCrate(comment = ''): string {
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': `${libManifest('clockwork')}[dependencies]\ntokio = { path = "../stand-in" }\n`,
    'src/lib.rs': source(comment),
    '../stand-in/Cargo.toml': `${libManifest('tokio')}[workspace]\n`,
    '../stand-in/src/lib.rs': tokioStandIn,
  });
  return folder;
}

function audited(report: Report, title: string): string[] {
  const block = report.async?.blocks.find(
    candidate => candidate.kind === 'table' && candidate.title === `Audit: ${title}`,
  );
  return block?.kind === 'table' ? block.rows.map(row => row.join(' | ')) : [];
}

const places = 'where futures are dropped unfinished';

test('the audit lists each place with its verdict, and changes no exit code', async () => {
  const folder = auditedCrate();
  const report = await reportOf(['async', '--audit'], { cwd: folder });
  expect(audited(report, places)).toMatchInlineSnapshot(`
    [
      "src/lib.rs:5:5 | timeout | \`F\`, line 5 | not known: the type parameter F | open",
      "src/lib.rs:8:5 | timeout | \`Ready\`, line 8 | cancel-safe: std::future::ready | proved",
    ]
  `);
  expect((await runAssay(['async', '-q', '--audit'], { cwd: folder })).exitCode).toBe(0);
  const plain = await reportOf(['async'], { cwd: folder });
  expect(audited(plain, places)).toEqual([]);
  expect(plain.findings).toEqual([]);
});

test('a required audit fails until the reason is written', async () => {
  const run = await runAssay(['async', '-q', '--require-audited'], { cwd: auditedCrate() });
  expect(`exit ${run.exitCode}\n${run.stdout}`).toMatchInlineSnapshot(`
    "exit 1
    error: whether \`F\` is cancel-safe is not known: under \`timeout\`
     --> src/lib.rs:5:37
      |
    5 |     timeout(Duration::from_secs(1), work).await.ok()
      |     --------------------------------^^^^-
      |     |                               |
      |     |                               not proved
      |     dropped here when it is not done
      |
      = note: it rests on the type parameter F
      = help: if it is right here, say why: \`// assay: allow(async/not-cancel-safe-in-select): …\`
      = note: \`async/not-cancel-safe-in-select\`, possible
    "
  `);

  const allowed = auditedCrate(
    '// assay: allow(async/not-cancel-safe-in-select): callers pass reads of a queue only',
  );
  expect((await runAssay(['async', '-q', '--require-audited'], { cwd: allowed })).exitCode).toBe(0);
  const report = await reportOf(['async', '--require-audited'], { cwd: allowed });
  expect(audited(report, places)).toMatchInlineSnapshot(`
    [
      "src/lib.rs:5:5 | timeout | \`F\`, line 5 | not known: the type parameter F | allowed: callers pass reads of a queue only",
      "src/lib.rs:8:5 | timeout | \`Ready\`, line 8 | cancel-safe: std::future::ready | proved",
    ]
  `);
  // Without an audit the comment is nobody's leftover.
  expect((await reportOf(['async'], { cwd: allowed })).findings).toEqual([]);
});

test('tasks and locks of the example, from its evidence', async () => {
  const report = await reportOf(['async', '--audit', '--from', shopEvidence], { cwd: freshFolder() });
  expect(audited(report, places).length).toBeGreaterThan(10);
  expect(audited(report, 'tasks')).toMatchInlineSnapshot(`
    [
      "shop-server/src/main.rs:53:5 | tokio::task::JoinSet::spawn_local | its \`JoinSet\` aborts it when it is dropped",
      "shop-server/src/main.rs:54:5 | tokio::task::JoinSet::spawn_local | its \`JoinSet\` aborts it when it is dropped",
      "shop-server/src/main.rs:64:21 | tokio::task::JoinSet::spawn_local | its \`JoinSet\` aborts it when it is dropped",
      "shop-server/src/session.rs:45:5 | tokio::task::JoinSet::spawn_local | its \`JoinSet\` aborts it when it is dropped",
      "shop-server/src/session.rs:46:5 | tokio::task::JoinSet::spawn_local | its \`JoinSet\` aborts it when it is dropped",
    ]
  `);
  expect(
    audited(report, 'locks').filter(row => !row.endsWith('no await in this function')),
  ).toMatchInlineSnapshot(`
    [
      "shop-server/src/journal.rs:23:24 | tokio::sync::Mutex::lock | yes, line 24",
      "shop-server/src/journal.rs:31:24 | tokio::sync::Mutex::lock | yes, line 32",
      "shop-server/src/session.rs:154:9 | tokio::sync::Mutex::lock | yes, line 154",
      "shop-server/src/statistics.rs:44:22 | parking_lot::lock_api::Mutex::lock | yes, line 47",
    ]
  `);
});

test('an area without async code refuses the flag', async () => {
  const run = await runAssay(['build', '--audit'], { cwd: freshFolder() });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('does not look at async code');
});
