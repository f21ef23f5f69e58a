import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, writeFiles } from './sample-workspace.ts';

/** Of all tests here: how compilers slow each other down is measured once for a target directory. */
const targetDir = mkdtempSync(join(tmpdir(), 'assay-what-if-'));
afterAll(() => rmSync(targetDir, { recursive: true, force: true }));
const target = ['--target-dir', targetDir];

/** `app` with a default feature `extra` that brings in `heavy` and changes `shared`. */
function workspace(): string {
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': '[workspace]\nmembers = ["app"]\nresolver = "2"\n',
    'app/Cargo.toml': libManifest(
      'app',
      '[features]\ndefault = ["extra"]\nextra = ["dep:heavy", "shared/more"]\n\n[dependencies]\nheavy = { path = "../heavy", optional = true }\nshared = { path = "../shared" }\n',
    ),
    'app/src/main.rs':
      'fn main() {\n    #[cfg(feature = "extra")]\n    heavy::heavy();\n    shared::shared();\n}\n',
    'heavy/Cargo.toml': libManifest('heavy'),
    'heavy/src/lib.rs': 'pub fn heavy() {}\n',
    'shared/Cargo.toml': libManifest('shared', '[features]\nmore = []\n'),
    'shared/src/lib.rs': 'pub fn shared() {}\n#[cfg(feature = "more")]\npub fn more() {}\n',
  });
  return folder;
}

const unitsOf = (report: Report): readonly string[] =>
  (report.build?.units ?? []).map(unit => `${unit.package} ${unit.target}`).toSorted();

test('with other features, what differs is built, and what was measured stays', async () => {
  const options = { cwd: workspace() };
  const asked = ['build', ...target, '--what-if', 'features=', '--what-if', 'jobs=1'];
  const first = await reportOf(asked, options);
  expect(unitsOf(first)).toEqual(['app bin "app"', 'heavy lib', 'shared lib']);
  const answers = first.build?.whatIf ?? [];
  expect(answers.map(({ change, note }) => ({ change, note }))).toEqual([
    { change: 'features=', note: '2 units built for it' },
    { change: 'jobs=1', note: undefined },
  ]);
  for (const { lowSeconds, predictedSeconds, highSeconds } of answers) {
    expect(predictedSeconds).toBeGreaterThan(0);
    expect(lowSeconds).toBeLessThanOrEqual(predictedSeconds);
    expect(highSeconds).toBeGreaterThanOrEqual(predictedSeconds);
  }

  const again = await reportOf(asked, options);
  expect(again.build).toEqual(first.build);
  // The build of the other features is no change of the workspace's own.
  const plain = await reportOf(['build', ...target], options);
  expect(plain.build?.units).toEqual(first.build?.units);
});

test('features with which it does not compile', async () => {
  const folder = workspace();
  writeFiles(folder, { 'app/src/main.rs': 'fn main() {\n    heavy::heavy();\n}\n' });
  const report = await reportOf(['build', ...target, '--what-if', 'features='], {
    cwd: folder,
  });
  expect(report.build?.whatIf?.map(({ note }) => note)).toEqual([
    '2 units with other features taken to be as long as measured',
  ]);
});

test('a question that is wrong is refused before anything is built', async () => {
  const folder = workspace();
  const { exitCode, stderr } = await runAssay(['build', '-q', '--what-if', 'jbos=8'], { cwd: folder });
  expect(exitCode).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "error: \`jbos=8\` is no change that can be simulated
      help: one of jobs=N, cores=N, without=PACKAGE, faster=PACKAGE:FACTOR, split=PACKAGE:PARTS, relax=PACKAGE->PACKAGE, features=A,B, no-build-scripts, no-codegen, no-link, critical-path-first; several are joined by \` + \`

    For the flags, try \`cargo assay --help\`.
    "
  `);
});

test('evidence that was collected answers as the workspace does', async () => {
  const folder = workspace();
  const file = join(folder, '..', 'evidence.assay');
  const collected = await runAssay(['collect', '-q', '-o', file], { cwd: folder });
  expect(collected.exitCode).toBe(0);
  const said = await reportOf(['build', '--from', file, '--what-if', 'jobs=1'], { cwd: folder });
  expect(said.build?.whatIf?.length).toBe(1);
});
