/**
 * Published crates that nobody here wrote, at fixed versions: Assay finishes, finds what was read by eye and judged in
 * docs/accuracy.md, and nothing else. The findings stand in findings/, one line each, so that a change of a rule shows
 * as a diff. Needs the crate registry and minutes.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { fetchCrate } from '../../scripts/real-crate.ts';

interface RealCrate {
  readonly name: string;
  readonly version: string;
  readonly flags: readonly string[];
  readonly units: number;
}

const bin = resolve(import.meta.dirname, '../../bin/assay.js');
const crates = JSON.parse(readFileSync(resolve(import.meta.dirname, 'crates.json'), 'utf8')) as RealCrate[];
let scratch = '';

beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-real-')));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('the set has at least five crates and one with more than 300 units', () => {
  expect(crates.length).toBeGreaterThanOrEqual(5);
  expect(Math.max(...crates.map(krate => krate.units))).toBeGreaterThan(300);
});

for (const krate of crates) {
  describe(`${krate.name} ${krate.version}`, () => {
    test('is judged, recorded and judged again with the same result', async () => {
      const directory = join(scratch, krate.name);
      await fetchCrate(krate.name, krate.version, directory);
      const live = assay(
        ['async', ...krate.flags, '--format', 'json', '--fail-on', 'never', '-q'],
        directory,
      );
      const report = JSON.parse(live) as Report;
      expect(report.failures).toEqual([]);
      await expect(drawn(report)).toMatchFileSnapshot(`findings/${krate.name}-${krate.version}.txt`);

      if (krate.units < 200) {
        // `collect` makes a full build; the recorded check is what the small ones compare. The file is kept out of the
        // package: a build script without `rerun-if-…` runs again for any new file there.
        const evidence = join(scratch, `${krate.name}.assay`);
        assay(['collect', ...krate.flags, '-o', evidence, '-q'], directory);
        const recorded = assay(
          ['--from', evidence, '--format', 'json', '--fail-on', 'never', '-q'],
          directory,
        );
        const whole = assay([...krate.flags, '--format', 'json', '--fail-on', 'never', '-q'], directory);
        expect(recorded).toBe(whole);
      }
      rmSync(directory, { recursive: true, force: true });
    });
  });
}

function assay(args: readonly string[], cwd: string): string {
  const run = spawnSync(process.execPath, [bin, ...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout;
}

/** What was looked at, then a line per finding. */
function drawn(report: Report): string {
  const lines = report.findings.map(
    ({ severity, confidence, message, location, suppressed }) =>
      `${location.file}:${location.startLine}: ${suppressed === undefined ? severity : 'allowed'}, ${confidence}: ${message}`,
  );
  return `${report.async?.summary}\n${lines.map(line => `${line}\n`).join('')}`;
}
