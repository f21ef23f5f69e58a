import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import type { WatchEvent } from '#report/render-watch-event.ts';
import { runAssay } from './run-assay.ts';
import { freshFolder, heldGuardCrate, heldGuardSource, libManifest, writeFiles } from './sample-workspace.ts';

const bin = resolve(import.meta.dirname, '../../bin/assay.js');

interface Watched {
  /** The next line, as an object. */
  next(): Promise<WatchEvent>;
  /** Sends Ctrl-C and resolves to the exit code. */
  stop(): Promise<number | null>;
}

function watch(folder: string, ...flags: string[]): Watched {
  const child: ChildProcess = spawn(
    process.execPath,
    [bin, 'async', '-q', '--watch', '--format', 'json', ...flags],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const closed = new Promise<number | null>(done => child.on('close', done));
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the watch has ended');
      return JSON.parse(value);
    },
    stop() {
      child.kill('SIGINT');
      return closed;
    },
  };
}

function drawFinding({ severity, rule, function: name, location }: Finding): string {
  return `${severity} ${rule} in ${name}, ${location.file}:${location.startLine}`;
}

/** A line as a reader of the stream sees it; findings that are gone by what was known of them. */
function draw(event: WatchEvent, names: Map<string, string>): string {
  switch (event.event) {
    case 'report':
      for (const finding of event.report.findings) names.set(finding.fingerprint, drawFinding(finding));
      return ['report', ...event.report.findings.map(drawFinding)].join('\n  ');
    case 'watching':
      return `watching, ${event.skipped} skipped`;
    case 'changed': {
      const lines = [
        ...event.added.map(finding => `+ ${drawFinding(finding)}`),
        ...event.updated.map(finding => `~ ${drawFinding(finding)}`),
        ...event.removed.map(print => `- ${names.get(print)}`),
      ];
      for (const finding of [...event.added, ...event.updated])
        names.set(finding.fingerprint, drawFinding(finding));
      return ['changed', ...lines].join('\n  ');
    }
    case 'failed':
      return ['failed', ...event.failures.map(({ tool, message }) => `${tool}: ${message}`)].join('\n  ');
  }
}

test('a report, then what changes; a workspace that does not compile is told and does not end it', async () => {
  const folder = heldGuardCrate();
  const source = join(folder, 'src/lib.rs');
  const watched = watch(folder);
  const names = new Map<string, string>();
  const next = async () => draw(await watched.next(), names);
  /** Between the writes of several files the workspace may be looked at as it is. */
  const nextWhole = async () => {
    for (;;) {
      const event = await next();
      if (!event.startsWith('failed')) return event;
    }
  };

  expect(await next()).toMatchInlineSnapshot(`
    "report
      error async/guard-held-across-await in orchard::held, src/lib.rs:6"
  `);
  expect(await next()).toMatchInlineSnapshot(`"watching, 0 skipped"`);

  writeFileSync(source, `// a line above\n${heldGuardSource}`);
  expect(await next()).toMatchInlineSnapshot(`
    "changed
      ~ error async/guard-held-across-await in orchard::held, src/lib.rs:7"
  `);

  writeFileSync(source, `${heldGuardSource}pub async fn broken( {}\n`);
  expect(await next()).toMatchInlineSnapshot(`
    "failed
      cargo: the workspace does not compile"
  `);

  writeFiles(folder, {
    'src/lib.rs': 'mod orders;\n',
    'src/orders.rs': heldGuardSource.replace('fn held', 'fn kept'),
  });
  expect(await nextWhole()).toMatchInlineSnapshot(`
    "changed
      + error async/guard-held-across-await in orchard::orders::kept, src/orders.rs:6
      - error async/guard-held-across-await in orchard::held, src/lib.rs:7"
  `);

  // The manifest is a source too; cargo cannot read this one.
  writeFileSync(join(folder, 'Cargo.toml'), '[package\n');
  expect(await next()).toMatchInlineSnapshot(`
    "failed
      cargo: cargo cannot read the workspace"
  `);
  rmSync(join(folder, 'src/orders.rs'));
  writeFiles(folder, { 'Cargo.toml': libManifest('orchard'), 'src/lib.rs': 'pub fn calm() {}\n' });
  expect(await nextWhole()).toMatchInlineSnapshot(`
    "changed
      - error async/guard-held-across-await in orchard::orders::kept, src/orders.rs:6"
  `);

  expect(await watched.stop()).toBe(0);
});

test('the exit code is that of the last report', async () => {
  const watched = watch(heldGuardCrate());
  await watched.next();
  await watched.next();
  expect(await watched.stop()).toBe(1);

  const calm = watch(heldGuardCrate(), '--fail-on', 'never');
  await calm.next();
  await calm.next();
  expect(await calm.stop()).toBe(0);
});

test('a member outside of the workspace’s folder is watched, too', async () => {
  const folder = freshFolder();
  const calm = 'pub fn calm() {}\n';
  writeFiles(folder, {
    'Cargo.toml': '[workspace]\nmembers = ["../pear"]\nresolver = "2"\n',
    '../pear/Cargo.toml': `${libManifest('pear')}workspace = "../ws"\n`,
    '../pear/src/lib.rs': calm,
  });
  const watched = watch(folder);
  await watched.next();
  await watched.next();
  writeFiles(folder, { '../pear/src/lib.rs': heldGuardSource });
  const event = await watched.next();
  expect(event.event === 'changed' && event.added.length).toBe(1);
  expect(await watched.stop()).toBe(1);
});

test.each([
  ['without a format', ['async', '--watch'], '`--watch` needs `--format json`'],
  ['as text', ['async', '--watch', '--format', 'text'], '`--watch` needs `--format json`'],
  ['a build', ['build', '--watch', '--format', 'json'], '`assay build` cannot be watched'],
  [
    'recorded evidence',
    ['async', '--watch', '--format', 'json', '--from', 'x.assay'],
    '`--watch` and `--from` do not go together',
  ],
  [
    'into a file',
    ['async', '--watch', '--format', 'json', '-o', 'x.json'],
    '`--watch` and `--output` do not go together',
  ],
])('a watch %s is refused', async (_, args, message) => {
  const run = await runAssay(args, { cwd: freshFolder() });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(message);
});
