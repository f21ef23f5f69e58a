import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, writeFiles } from './sample-workspace.ts';

const library = `/// Doubles.
pub fn double(number: u32) -> u32 {
    number * 2
}
`;

/** A binary `app` over a library `core_types`. */
function workspace(): string {
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': '[workspace]\nmembers = ["app", "core_types"]\nresolver = "2"\n',
    'app/Cargo.toml': libManifest('app', '[dependencies]\ncore_types = { path = "../core_types" }\n'),
    'app/src/main.rs': 'fn main() {\n    println!("{}", core_types::double(21));\n}\n',
    'core_types/Cargo.toml': libManifest('core_types'),
    'core_types/src/lib.rs': library,
  });
  return folder;
}

/** What does not depend on the machine's speed. */
const told = (report: Report): readonly string[] =>
  (report.build?.scenarios ?? []).map(figures => {
    const { scenario, command, changed, runs, artifactsMade, artifactsFresh, firstDiagnosticSeconds } =
      figures;
    expect(figures.lowSeconds).toBeLessThanOrEqual(figures.wallSeconds);
    expect(figures.highSeconds).toBeGreaterThanOrEqual(figures.wallSeconds);
    const edit =
      changed === undefined
        ? ''
        : `, ${changed}${firstDiagnosticSeconds === undefined ? '' : ', first error timed'}`;
    return `${scenario}: ${command}, ${runs} run${runs === 1 ? '' : 's'}, ${artifactsMade} made, ${artifactsFresh} fresh${edit}`;
  });

test('each scenario is measured, and an edit never touches the workspace', async () => {
  const folder = workspace();
  const asked = [
    'clean',
    'check',
    'test',
    'release',
    'no-op',
    'edit:core_types/src/lib.rs',
    'edit-api:core_types/src/lib.rs',
    'edit:app/src/main.rs',
  ];
  const report = await reportOf(['build', ...asked.flatMap(scenario => ['--scenario', scenario])], {
    cwd: folder,
  });
  expect(told(report)).toMatchInlineSnapshot(`
    [
      "clean: cargo build, 1 run, 2 made, 0 fresh",
      "check: cargo check, 1 run, 2 made, 0 fresh",
      "test: cargo test --no-run, 1 run, 3 made, 0 fresh",
      "release: cargo build --release, 1 run, 2 made, 0 fresh",
      "no-op: cargo build, 5 runs, 0 made, 2 fresh",
      "edit:core_types/src/lib.rs: cargo build, 5 runs, 2 made, 0 fresh, the body of fn double, first error timed",
      "edit-api:core_types/src/lib.rs: cargo build, 5 runs, 2 made, 0 fresh, a new pub fn, first error timed",
      "edit:app/src/main.rs: cargo build, 5 runs, 1 made, 1 fresh, the body of fn main, first error timed",
    ]
  `);
  expect(readFileSync(join(folder, 'core_types/src/lib.rs'), 'utf8')).toBe(library);
  expect(readdirSync(join(folder, 'target'))).toEqual(['assay']);
  expect(existsSync(join(folder, 'target/assay/scenarios/clean'))).toBe(false);
});

test('a file is found from where one stands, and a change of the workspace reaches the copy', async () => {
  const folder = workspace();
  const options = { cwd: join(folder, 'core_types') };
  const asked = ['build', '--scenario', 'edit:src/lib.rs'];
  expect(told(await reportOf(asked, options))).toMatchInlineSnapshot(`
    [
      "edit:core_types/src/lib.rs: cargo build, 5 runs, 1 made, 0 fresh, the body of fn double, first error timed",
    ]
  `);
  writeFiles(folder, { 'core_types/src/lib.rs': 'pub fn triple(number: u32) -> u32 { number * 3 }\n' });
  expect(told(await reportOf(asked, options))).toMatchInlineSnapshot(`
    [
      "edit:core_types/src/lib.rs: cargo build, 5 runs, 1 made, 0 fresh, the body of fn triple, first error timed",
    ]
  `);
});

test('what cannot be measured is said', async () => {
  const folder = workspace();
  writeFiles(folder, { 'core_types/src/names.rs': 'pub struct Name;\n' });
  const said = async (scenario: string) => {
    const { exitCode, stderr } = await runAssay(['build', '-q', '--scenario', scenario], { cwd: folder });
    return `${exitCode} ${stderr.replaceAll(folder, 'WORKSPACE')}`;
  };
  expect(await said('cold')).toMatchInlineSnapshot(`
    "2 error: \`cold\` is no scenario
      help: one of clean, check, test, release, no-op, edit:FILE, edit-api:FILE

    For the flags, try \`cargo assay --help\`.
    "
  `);
  expect(await said('edit:core_types/src/gone.rs')).toMatchInlineSnapshot(`
    "2 error: \`edit:core_types/src/gone.rs\`: there is no Rust file core_types/src/gone.rs

    For the flags, try \`cargo assay --help\`.
    "
  `);
  expect(await said('edit:core_types/src/names.rs')).toMatchInlineSnapshot(`
    "2 error: no function with a body was found in WORKSPACE/core_types/src/names.rs, so none can be edited
    "
  `);
});
