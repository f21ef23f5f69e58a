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
    'Cargo.toml': '[workspace]\nmembers = ["app"]\nexclude = ["loud", "inner"]\nresolver = "2"\n',
    // Its default feature brings in `inner`, which nothing of `app` needs. As members both would be built anyway.
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
        `${kind}: ${what} (${(workSeconds ?? 0) > 0 ? 'costs time' : 'costs nothing'}): ${because}`,
    )
    .toSorted();

test('what the workspace compiles without, and what no compilation here can tell', async () => {
  const folder = workspace();
  const before = readFileSync(join(folder, 'app/Cargo.toml'), 'utf8');
  const report = await reportOf(['build', '--prove'], { cwd: folder });
  expect(claims(report)).toMatchInlineSnapshot(`
    [
      "compiles-without: feature default of loud in app 0.1.0 (costs time): without it \`cargo check --workspace --all-targets\` compiles, and with --all-features and --no-default-features; what it does at run time and on other platforms is not proved",
      "unused-dependency: called in app 0.1.0 (costs time): without it \`cargo check --workspace --all-targets\` compiles, and with --all-features and --no-default-features; no code and no text names it ([dependencies])",
      "unused-dependency: helper in app 0.1.0 (costs time): without it \`cargo check --workspace --all-targets\` compiles, and with --all-features and --no-default-features; no code and no text names it ([dev-dependencies])",
      "unused-dependency: idle in app 0.1.0 (costs time): without it \`cargo check --workspace --all-targets\` compiles, and with --all-features and --no-default-features; no code and no text names it ([dependencies])",
    ]
  `);
  expect(
    report.unknowns
      .filter(({ what }) => what.startsWith('whether these are needed'))
      .map(({ what, why }) => `${what}: ${why}`),
  ).toMatchInlineSnapshot(`
    [
      "whether these are needed: elsewhere in app: it is of some platforms only, and one is compiled for",
      "whether these are needed: fancied in app, named in app: code or text that may not be compiled here names it (app/src/main.rs)",
      "whether these are needed: maybe in app: it is optional: a feature of the package is made of it",
    ]
  `);
  expect(readFileSync(join(folder, 'app/Cargo.toml'), 'utf8')).toBe(before);
});

test('what a check does not see is not claimed: linking, texts of the workspace, folders with any name', async () => {
  const folder = freshFolder();
  const library = (name: string) => ({
    [`${name}/Cargo.toml`]: libManifest(name),
    [`${name}/src/lib.rs`]: 'pub fn f() {}\n',
  });
  writeFiles(folder, {
    'Cargo.toml': '[workspace]\nmembers = ["app"]\n',
    'README.md': '```rust\ndoconly::f();\n```\n',
    'app/Cargo.toml': libManifest(
      'app',
      '[dependencies]\nscripted = { path = "../scripted" }\ndoconly = { path = "../doconly" }\nhidden = { path = "../hidden" }\n',
    ),
    'app/src/lib.rs':
      '#[cfg(windows)]\nmod target;\n#[doc = include_str!("../../README.md")]\npub struct Doc;\n',
    'app/src/target/mod.rs': 'pub fn g() {\n    hidden::f();\n}\n',
    ...library('scripted'),
    'scripted/build.rs': 'fn main() {}\n',
    ...library('doconly'),
    ...library('hidden'),
  });
  const report = await reportOf(['build', '--prove'], { cwd: folder });
  expect(claims(report)).toEqual([]);
  expect(
    report.unknowns
      .filter(({ what }) => what.startsWith('whether'))
      .map(({ what, why }) => `${what}: ${why}`)
      .toSorted(),
  ).toMatchInlineSnapshot(`
    [
      "whether these are needed: doconly in app: code or text that may not be compiled here names it (README.md)",
      "whether these are needed: hidden in app: code or text that may not be compiled here names it (app/src/target/mod.rs)",
      "whether these are needed: scripted in app: it or what it needs has a build script, and what that gives to the linker is in no check",
    ]
  `);
});

test('features of which one is needed, whichever it is', async () => {
  const folder = freshFolder();
  const library = (name: string) => ({
    [`${name}/Cargo.toml`]: libManifest(name),
    [`${name}/src/lib.rs`]: 'pub fn f() {}\n',
  });
  writeFiles(folder, {
    'Cargo.toml': '[workspace]\nmembers = ["app"]\nexclude = ["either", "one", "two"]\n',
    'app/Cargo.toml': libManifest(
      'app',
      '[dependencies]\neither = { path = "../either", features = ["a", "b"] }\n',
    ),
    'app/src/lib.rs': 'pub use either::f;\n',
    'either/Cargo.toml': libManifest(
      'either',
      '[features]\na = ["dep:one"]\nb = ["dep:two"]\n[dependencies]\none = { path = "../one", optional = true }\ntwo = { path = "../two", optional = true }\n',
    ),
    'either/src/lib.rs':
      '#[cfg(not(any(feature = "a", feature = "b")))]\ncompile_error!("a or b");\npub fn f() {}\n',
    ...library('one'),
    ...library('two'),
  });
  const said = claims(await reportOf(['build', '--prove'], { cwd: folder }));
  expect(said.map(line => line.replace(/: without it.*compiles/, ': … compiles'))).toMatchInlineSnapshot(`
    [
      "compiles-without: feature a of either in app 0.1.0 (costs time): … compiles, and with --all-features and --no-default-features, but not without all of these at once; what it does at run time and on other platforms is not proved",
      "compiles-without: feature b of either in app 0.1.0 (costs time): … compiles, and with --all-features and --no-default-features, but not without all of these at once; what it does at run time and on other platforms is not proved",
    ]
  `);
});

test('a workspace whose tests do not compile proves nothing', async () => {
  const folder = workspace();
  writeFiles(folder, { 'app/tests/all.rs': 'fn broken( {}\n' });
  const report = await reportOf(['build', '--prove'], { cwd: folder });
  expect(claims(report)).toEqual([]);
  expect(
    report.unknowns.filter(({ what }) => what.startsWith('whether')).map(({ why }) => why),
  ).toMatchInlineSnapshot(`
    [
      "the workspace does not compile with all its targets: error: this file contains an unclosed delimiter",
      "it is of some platforms only, and one is compiled for",
      "it is optional: a feature of the package is made of it",
    ]
  `);
});

test('recorded evidence cannot be compiled', async () => {
  const { exitCode, stderr } = await runAssay(['build', '--prove', '--from', 'x.assay'], {
    cwd: freshFolder(),
  });
  expect({ exitCode, stderr }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error: \`--scenario\`, \`--edits\` and \`--prove\` compile: they are of a live \`assay build\`

    For the flags, try \`cargo assay --help\`.
    ",
    }
  `);
});
