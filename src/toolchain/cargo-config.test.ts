import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCargoConfig } from './cargo-config.ts';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'assay-test-'));
});
afterEach(() => rmSync(top, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text);
}

async function check(env: Record<string, string>, expected: Record<string, unknown>): Promise<void> {
  mkdirSync(join(top, 'farm/field'), { recursive: true });
  const config = await readCargoConfig(join(top, 'farm/field'), { CARGO_HOME: join(top, 'home'), ...env });
  const shown = JSON.parse(JSON.stringify(config).replaceAll(top, 'TOP')) as Record<string, unknown>;
  expect(shown).toMatchObject(expected);
}

test('nothing is set', () =>
  check({}, { home: 'TOP/home', rustcWrapper: null, rustc: null, targetDir: null, hasUnstableTable: false }));

test('the nearest file wins, and a path starts where its .cargo folder is', async () => {
  write('farm/.cargo/config.toml', '[build]\nrustc-wrapper = "tools/w"\ntarget-dir = "far"\n');
  write('farm/field/.cargo/config.toml', '[build]\ntarget-dir = "near"\n');
  write('home/config.toml', '[build]\nrustc-wrapper = "sccache"\nrustc = "bin/rustc"\n');
  await check(
    {},
    { rustcWrapper: 'TOP/farm/tools/w', targetDir: 'TOP/farm/field/near', rustc: 'TOP/bin/rustc' },
  );
});

test('a bare program name stays one', async () => {
  write('home/config.toml', '[build]\nrustc-wrapper = "sccache"\n');
  await check({}, { rustcWrapper: 'sccache' });
});

test('the environment comes first, and an empty wrapper means none', async () => {
  write('home/config.toml', '[build]\nrustc-wrapper = "sccache"\n');
  await check({ RUSTC_WRAPPER: '' }, { rustcWrapper: null });
  await check({ CARGO_BUILD_RUSTC_WRAPPER: 'other' }, { rustcWrapper: 'other' });
  await check({ CARGO_TARGET_DIR: 'out' }, { targetDir: 'TOP/farm/field/out' });
});

test('targets are a word or a list, and the environment comes first', async () => {
  await check({}, { buildTargets: [] });
  write('home/config.toml', '[build]\ntarget = "thumbv7em-none-eabihf"\n');
  await check({}, { buildTargets: ['thumbv7em-none-eabihf'] });
  write('farm/.cargo/config.toml', '[build]\ntarget = ["a", "boards/b.json"]\n');
  await check({}, { buildTargets: ['a', 'boards/b.json'] });
  await check({ CARGO_BUILD_TARGET: 'c' }, { buildTargets: ['c'] });
});

test('the old file name wins where both exist', async () => {
  write('farm/.cargo/config', '[build]\nrustc-wrapper = "old"\n');
  write('farm/.cargo/config.toml', '[build]\nrustc-wrapper = "new"\n');
  await check({}, { rustcWrapper: 'old' });
});

test('a cargo home on the way up is read once', async () => {
  write('farm/.cargo/config.toml', '[unstable]\nx = true\n');
  await check(
    { CARGO_HOME: join(top, 'farm/.cargo') },
    { homeConfigIsAncestor: true, hasUnstableTable: true },
  );
});

test('a file that is no TOML is for cargo to complain about', async () => {
  write('farm/.cargo/config.toml', '[build\n');
  await check({}, { rustcWrapper: null });
});
