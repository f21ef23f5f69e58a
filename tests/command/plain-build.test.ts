import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, heldGuardSource, libManifest, writeFiles } from './sample-workspace.ts';

/** A binary `apple` over a library `pear` with one held guard. */
function orchard(): string {
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': '[workspace]\nmembers = ["apple", "pear"]\nresolver = "2"\n',
    'apple/Cargo.toml': libManifest('apple', '[dependencies]\npear = { path = "../pear" }\n'),
    'apple/src/main.rs': 'fn main() {\n    let _ = pear::held;\n}\n',
    'pear/Cargo.toml': libManifest('pear'),
    'pear/src/lib.rs': heldGuardSource,
  });
  return folder;
}

const findings = (report: Report): string[] =>
  report.findings.map(({ location }) => `${location.file}:${location.startLine}`);

/** `label detail` of each unit that was built, and whether its frontend and codegen were told apart. */
const built = (report: Report): string[] =>
  (report.build?.blocks.find(block => block.kind === 'timeline')?.bars ?? [])
    .map(bar => `${bar.label} ${bar.detail}${bar.segments.length > 1 ? ', in sections' : ''}`)
    .toSorted();

const bothBuilt = ['apple 0.1.0 bin "apple", in sections', 'pear 0.1.0 lib, in sections'];

test('`assay build` calls rustc as cargo build does, and `assay` asks it for MIR', async () => {
  const folder = orchard();
  const log = join(folder, '..', 'rustc.log');
  writeFiles(join(folder, '..'), {
    'rustc.sh': `#!/bin/sh\n[ -z "$CARGO_CRATE_NAME" ] || echo "$@" >> '${log}'\nexec rustc "$@"\n`,
  });
  const env = { RUSTC: join(folder, '..', 'rustc.sh') };
  const callsOf = (targetDir: string): string[] => {
    const text = readFileSync(log, 'utf8').replaceAll(targetDir, 'TARGET');
    rmSync(log);
    return text.trimEnd().split('\n').toSorted();
  };
  const plainDir = join(folder, '..', 'plain');
  const plain = spawnSync('cargo', ['build', '--message-format=json', '--target-dir', plainDir], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  expect(plain.status).toBe(0);
  const plainCalls = callsOf(plainDir);
  expect(plainCalls).toHaveLength(2);
  expect(plainCalls.join()).toContain('incremental=');

  expect((await runAssay(['build', '-q'], { cwd: folder, env })).exitCode).toBe(0);
  const calls = callsOf(join(folder, 'target/assay/cargo-plain'));
  // What cargo adds so that the sections are timed; it changes nothing of what rustc makes.
  const untimed = calls.map(call => call.replace(/ -Zunstable-options|,timings/g, ''));
  expect(untimed).toEqual(plainCalls);

  expect((await runAssay(['-q', '--fail-on', 'never'], { cwd: folder, env })).exitCode).toBe(0);
  const instrumented = callsOf(join(folder, 'target/assay/cargo'));
  expect(instrumented).toHaveLength(2);
  for (const call of instrumented) {
    expect(call).toContain(' -Zdump-mir=');
    expect(call).not.toContain('incremental=');
  }
});

// In the release profile cargo itself names a member's files alike with and without dumps.
for (const profile of [[], ['--release']]) {
  test(`\`assay build\` and passes with MIR in turn${profile.length > 0 ? ', --release' : ''}`, async () => {
    const folder = orchard();
    const options = { cwd: folder };
    const units = join(folder, 'target/assay/units');

    expect(built(await reportOf(['build', ...profile], options))).toEqual(bothBuilt);
    expect(existsSync(units) ? readdirSync(units) : []).toEqual([]);
    const whole = await reportOf(profile, options);
    expect(findings(whole)).toEqual(['pear/src/lib.rs:6']);
    expect(built(whole)).toEqual(bothBuilt);
    expect(findings(await reportOf(['async', ...profile], options))).toEqual(['pear/src/lib.rs:6']);
    for (const verb of [['build'], [], ['async']]) {
      const again = await runAssay([...verb, ...profile, '--fail-on', 'never'], options);
      expect(again.stderr, verb.join()).toContain('nothing changed since the last pass');
    }

    writeFileSync(join(folder, 'pear/src/lib.rs'), `\n\n${heldGuardSource}`);
    const rebuilt = await runAssay(['build', ...profile, '--format', 'json'], options);
    expect(rebuilt.stderr).not.toContain('fresh');
    expect(built(JSON.parse(rebuilt.stdout))).toEqual(bothBuilt);
    expect(findings(await reportOf(profile, options))).toEqual(['pear/src/lib.rs:8']);
    expect(findings(await reportOf(['async', ...profile], options))).toEqual(['pear/src/lib.rs:8']);

    writeFileSync(join(folder, 'pear/src/lib.rs'), `\n${heldGuardSource}`);
    expect(findings(await reportOf(profile, options))).toEqual(['pear/src/lib.rs:7']);
    writeFileSync(join(folder, 'apple/src/main.rs'), 'fn main() {}\n');
    const last = await runAssay(['build', ...profile, '--format', 'json'], options);
    expect(built(JSON.parse(last.stdout))).toEqual(bothBuilt);
    writeFileSync(join(folder, 'apple/src/main.rs'), 'fn main() { print!("") }\n');
    expect((await runAssay(['build', ...profile], options)).stderr).toContain(
      '1 of 2 member crates were fresh',
    );
  });
}

test('evidence that is collected after `assay build` holds MIR', async () => {
  const folder = orchard();
  expect((await runAssay(['build', '-q'], { cwd: folder })).exitCode).toBe(0);
  expect((await runAssay(['collect', '-o', 'orchard.assay', '-q'], { cwd: folder })).exitCode).toBe(0);
  const recorded = await reportOf(['--from', join(folder, 'orchard.assay')], { cwd: freshFolder() });
  expect(findings(recorded)).toEqual(['pear/src/lib.rs:6']);
  expect(built(recorded)).toEqual(bothBuilt);
});
