/**
 * Fills in `units` and `checkSeconds` of tests/real/crates.json on this machine:
 *
 *     tsx scripts/measure-real-crates.ts [NAME…]
 *
 * `units` is what `cargo check` with the crate's flags would run, from cargo's unit graph; `checkSeconds` is one such
 * run from an empty target directory, a single figure that says how long to wait and nothing else. A crate that does
 * not compile is reported and left as it was.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fetchCrate } from './real-crate.ts';

interface RealCrate {
  readonly name: string;
  readonly version: string;
  readonly flags: readonly string[];
  units: number;
  checkSeconds: number;
}

const file = resolve(import.meta.dirname, '../tests/real/crates.json');
const crates = JSON.parse(readFileSync(file, 'utf8')) as RealCrate[];
const names = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'assay-measure-'));
try {
  for (const krate of crates) {
    if (names.length > 0 && !names.includes(krate.name)) continue;
    await measure(krate);
    writeFileSync(file, JSON.stringify(crates, null, 2));
  }
  spawnSync('npx', ['biome', 'format', '--write', file], { stdio: 'inherit' });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure(krate: RealCrate): Promise<void> {
  const directory = join(scratch, krate.name);
  await fetchCrate(krate.name, krate.version, directory);
  // The unit graph is behind cargo's nightly gate, which this setting of cargo's own test suite opens.
  const graph = cargo(directory, ['check', ...krate.flags, '--unit-graph', '-Zunstable-options'], {
    __CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS: 'nightly',
  });
  cargo(directory, ['fetch', '--locked'], {});
  const started = Date.now();
  const check = cargo(directory, ['check', '--locked', ...krate.flags], {});
  const seconds = Math.round((Date.now() - started) / 1000);
  if (graph === null || check === null) {
    process.exitCode = 1;
    return;
  }
  krate.units = (JSON.parse(graph) as { units: unknown[] }).units.length;
  krate.checkSeconds = seconds;
  console.log(`${krate.name} ${krate.version}: ${krate.units} units, ${seconds} s`);
  rmSync(directory, { recursive: true, force: true });
}

/** What cargo printed, or null after showing why it failed. */
function cargo(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): string | null {
  const result = spawnSync('cargo', args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env, CARGO_TARGET_DIR: join(cwd, 'target') },
  });
  if (result.status === 0) return result.stdout;
  console.error(`cargo ${args.join(' ')} failed in ${cwd}\n${result.stderr}`);
  return null;
}
