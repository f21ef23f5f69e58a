import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type SourceWatch, watchSources } from './source-watch.ts';

function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'assay-watch-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const name of ['src/deep', 'target/debug', '.git', 'node_modules/x'])
    mkdirSync(join(path, name), { recursive: true });
  writeFileSync(join(path, 'src/lib.rs'), 'fn a() {}\n');
  return path;
}

async function watching(path: string, knownUntilMs = Date.now() + 60_000): Promise<SourceWatch> {
  const watch = await watchSources({ folders: [path], ignored: [join(path, 'target')], knownUntilMs });
  onTestFinished(() => watch.close());
  return watch;
}

const never = new AbortController().signal;

/** What is noticed next, below the folder. */
async function next(watch: SourceWatch, path: string): Promise<string> {
  return (await watch.next(never)).map(file => file.slice(path.length + 1)).join(' ');
}

test('a file that is written, moved, removed, or in a new folder', async () => {
  const path = folder();
  const watch = await watching(path);
  writeFileSync(join(path, 'src/lib.rs'), 'fn b() {}\n');
  expect(await next(watch, path)).toBe('src/lib.rs');
  renameSync(join(path, 'src/lib.rs'), join(path, 'src/deep/lib.rs'));
  expect(await next(watch, path)).toBe('src/deep/lib.rs src/lib.rs');
  rmSync(join(path, 'src/deep'), { recursive: true });
  expect(await next(watch, path)).toContain('src/deep/lib.rs');
  mkdirSync(join(path, 'src/deep'));
  writeFileSync(join(path, 'src/deep/mod.rs'), 'fn c() {}\n');
  expect(await next(watch, path)).toBe('src/deep/mod.rs');
  writeFileSync(join(path, 'src/deep/mod.rs'), 'fn d() {}\n');
  expect(await next(watch, path)).toBe('src/deep/mod.rs');
});

test('the target directory, version control, editors and a file that stays as it is are not noticed', async () => {
  const path = folder();
  const watch = await watching(path);
  expect(watch.folderCount()).toBe(3);
  writeFileSync(join(path, 'Cargo.lock'), 'one');
  expect(await next(watch, path)).toBe('Cargo.lock');
  for (const ignored of [
    'target/debug/x.rs',
    '.git/index',
    'node_modules/x/x.rs',
    'src/.lib.rs.swp',
    'src/lib.rs~',
  ])
    writeFileSync(join(path, ignored), '');
  writeFileSync(join(path, 'Cargo.lock'), 'one');
  utimesSync(join(path, 'Cargo.lock'), 1, 1);
  writeFileSync(join(path, 'src/seen.rs'), '');
  expect(await next(watch, path)).toBe('src/seen.rs');
});

test('what changed before the watch began is not lost', async () => {
  const path = folder();
  expect(await next(await watching(path, 0), path)).toBe('src/lib.rs');
});

test('a target directory of another tool is known by its tag', async () => {
  const path = folder();
  mkdirSync(join(path, 'other-target/debug'), { recursive: true });
  writeFileSync(join(path, 'other-target/CACHEDIR.TAG'), '');
  expect((await watching(path)).folderCount()).toBe(3);
});

test('a watch that is stopped says nothing', async () => {
  const stop = new AbortController();
  const noticed = (await watching(folder())).next(stop.signal);
  stop.abort();
  expect(await noticed).toEqual([]);
});
