/**
 * What Assay promises not to touch, with dependencies from the crate registry: a published crate, built in a cargo home of
 * its own, because cargo commands beside this test change the user's.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fetchCrate } from '../../scripts/real-crate.ts';
import { runAssay } from '../command/run-assay.ts';
import { treeDigest } from '../command/sample-workspace.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-real-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('target, Cargo.lock, sources and cargo home of mini-redis stay as they are; the next build is all fresh', async () => {
  const folder = join(scratch, 'mini-redis');
  const home = join(scratch, 'cargo-home');
  mkdirSync(home);
  await fetchCrate('mini-redis', '0.4.1', folder);
  const env = { CARGO_HOME: home };
  const cargo = (...args: readonly string[]): string => {
    const run = spawnSync('cargo', args, { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8' });
    expect(run.status, run.stderr).toBe(0);
    return run.stderr;
  };
  cargo('build');
  const before = treeDigest(folder);
  const homeBefore = treeDigest(home);
  expect(before).toMatch(/^target\/debug\/deps\/libtokio-[0-9a-f]+\.rlib /m);
  expect(homeBefore).toMatch(/^registry\/src\/[^/]+\/tokio-[0-9.]+\/src\/lib\.rs /m);

  for (const verb of [[], ['async'], ['build'], []]) {
    const run = await runAssay([...verb, '-q', '--fail-on', 'never'], { cwd: folder, env });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(differences(before, treeDigest(folder, ['target/assay'])), verb.join()).toEqual([]);
    expect(differences(homeBefore, treeDigest(home)), verb.join()).toEqual([]);
  }

  // cargo says with -v for each package that it is Fresh, or why it is Dirty.
  const said = cargo('build', '--verbose')
    .split('\n')
    .map(line => line.trim().split(' ')[0])
    .filter(word => word !== '' && word !== 'Fresh');
  expect(said).toEqual(['Finished']);
});

/** Lines of two digests that are not in both: a whole digest has thousands. */
function differences(before: string, after: string): string[] {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const [wasSet, isSet] = [new Set(was), new Set(is)];
  return [
    ...was.filter(line => !isSet.has(line)).map(line => `- ${line}`),
    ...is.filter(line => !wasSet.has(line)).map(line => `+ ${line}`),
  ];
}
