import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, writeFiles } from './sample-workspace.ts';

const manifest = `[features]
fancy = []

[dependencies]
used = { path = "../used" }
idle = { path = "../idle" }
named = { path = "../named" }
tested = { path = "../tested" }
fancied = { path = "../fancied" }
called = { path = "../renamed", package = "renamed" }
loud = { path = "../loud" }
maybe = { path = "../maybe", optional = true }
[target.'cfg(windows)'.dependencies]
elsewhere = { path = "../elsewhere" }
[dev-dependencies]
helper = { path = "../helper" }
`;

/** A member `app` with dependencies that are used, idle, used by a test alone, under a feature alone, in a comment alone, … */
function workspace(): string {
  const folder = freshFolder();
  const names = [
    'used',
    'idle',
    'named',
    'tested',
    'fancied',
    'renamed',
    'maybe',
    'elsewhere',
    'helper',
    'inner',
  ];
  const libraries = Object.fromEntries(
    names.flatMap(name => [
      [`${name}/Cargo.toml`, libManifest(name)],
      [`${name}/src/lib.rs`, 'pub fn f() {}\n'],
    ]),
  );
  writeFiles(folder, {
    ...libraries,
    'Cargo.toml': '[workspace]\nmembers = ["app"]\nresolver = "2"\n',
    // Its default feature brings in `inner`, which nothing of `app` needs.
    'loud/Cargo.toml': libManifest(
      'loud',
      '[features]\ndefault = ["more"]\nmore = ["dep:inner"]\n[dependencies]\ninner = { path = "../inner", optional = true }\n',
    ),
    'loud/src/lib.rs': 'pub fn f() {}\n#[cfg(feature = "more")]\npub fn g() {\n    inner::f();\n}\n',
    'app/Cargo.toml': libManifest('app', manifest),
    'app/src/main.rs':
      '//! Like `named::f`.\nfn main() {\n    used::f();\n    loud::f();\n    #[cfg(feature = "fancy")]\n    fancied::f();\n}\n',
    'app/tests/all.rs': '#[test]\nfn all() {\n    tested::f();\n}\n',
  });
  return folder;
}

const claims = (report: Report): readonly string[] =>
  (report.build?.waste ?? [])
    .filter(({ proof }) => proof === 'compiled')
    .map(
      ({ kind, what, because, workSeconds }) =>
        `${kind}: ${what} (${workSeconds > 0 ? 'costs time' : 'costs nothing'}): ${because}`,
    )
    .toSorted();

test('what the workspace compiles without, and what no compilation here can tell', async () => {
  const folder = workspace();
  const before = readFileSync(join(folder, 'app/Cargo.toml'), 'utf8');
  const report = await reportOf(['build', '--prove'], { cwd: folder });
  expect(claims(report)).toMatchInlineSnapshot();
  expect(
    report.unknowns
      .filter(({ what }) => what.startsWith('whether these are needed'))
      .map(({ what, why }) => `${what}: ${why}`),
  ).toMatchInlineSnapshot();
  expect(readFileSync(join(folder, 'app/Cargo.toml'), 'utf8')).toBe(before);
});

test('a workspace whose tests do not compile proves nothing', async () => {
  const folder = workspace();
  writeFiles(folder, { 'app/tests/all.rs': 'fn broken( {}\n' });
  const report = await reportOf(['build', '--prove'], { cwd: folder });
  expect(claims(report)).toEqual([]);
  expect(
    report.unknowns.filter(({ what }) => what.startsWith('whether')).map(({ why }) => why),
  ).toMatchInlineSnapshot();
});

test('recorded evidence cannot be compiled', async () => {
  const { exitCode, stderr } = await runAssay(['build', '--prove', '--from', 'x.assay'], {
    cwd: freshFolder(),
  });
  expect({ exitCode, stderr }).toMatchInlineSnapshot();
});
