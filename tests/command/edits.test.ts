import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, writeFiles } from './sample-workspace.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;

/** `app` over `core_types`, whose `names.rs` was changed twice and `lib.rs` once, with a file that is gone since. */
function workspace(): string {
  const folder = freshFolder();
  const commit = (message: string, files: Readonly<Record<string, string>>) => {
    writeFiles(folder, files);
    const identity = [
      '-c',
      'user.name=Test',
      '-c',
      'user.email=test@example.com',
      '-c',
      'commit.gpgsign=false',
    ];
    for (const args of [
      ['add', '-A'],
      [...identity, 'commit', '-q', '-m', message],
    ])
      expect(spawnSync('git', args, { cwd: folder }).status).toBe(0);
  };
  expect(spawnSync('git', ['init', '-q', '-b', 'main'], { cwd: folder }).status).toBe(0);
  commit('start', {
    '.gitignore': 'target\n',
    'Cargo.toml': '[workspace]\nmembers = ["app", "core_types"]\nresolver = "2"\n',
    'app/Cargo.toml': libManifest('app', '[dependencies]\ncore_types = { path = "../core_types" }\n'),
    'app/src/main.rs': 'fn main() {\n    println!("{}", core_types::double(21));\n}\n',
    'core_types/Cargo.toml': libManifest('core_types'),
    'core_types/src/lib.rs':
      'mod names;\npub use names::Name;\npub fn double(number: u32) -> u32 {\n    number * 2\n}\n',
    'core_types/src/names.rs': 'pub struct Name;\n',
  });
  commit('a field', { 'core_types/src/names.rs': 'pub struct Name(pub u8);\n' });
  commit('another', {
    'core_types/src/names.rs':
      'pub struct Name(pub u8);\nimpl Name {\n    pub fn get(&self) -> u8 {\n        self.0\n    }\n}\n',
  });
  return folder;
}

test.skipIf(!hasGit)('how often a file was changed, and what a change of it builds again', async () => {
  const folder = workspace();
  const status = () =>
    spawnSync('git', ['status', '--porcelain', '--ignored'], { cwd: folder, encoding: 'utf8' }).stdout;
  const index = readFileSync(join(folder, '.git/index'));
  const report = await reportOf(['build', '--edits'], { cwd: folder });
  const prices = (report.build?.edits ?? []).map(
    ({ file, package: krate, commits, unitsRebuilt, measuredSeconds }) => ({
      ...{ file, krate, commits, unitsRebuilt },
      measured: measuredSeconds !== undefined,
    }),
  );
  expect(prices.toSorted((a, b) => (a.file < b.file ? -1 : 1))).toMatchInlineSnapshot(`
    [
      {
        "commits": 1,
        "file": "app/src/main.rs",
        "krate": "app",
        "measured": true,
        "unitsRebuilt": 1,
      },
      {
        "commits": 1,
        "file": "core_types/src/lib.rs",
        "krate": "core_types",
        "measured": true,
        "unitsRebuilt": 2,
      },
      {
        "commits": 3,
        "file": "core_types/src/names.rs",
        "krate": "core_types",
        "measured": true,
        "unitsRebuilt": 2,
      },
    ]
  `);
  for (const { mostSeconds, totalSeconds } of report.build!.edits!) {
    expect(mostSeconds).toBeGreaterThan(0);
    expect(totalSeconds).toBeGreaterThan(0);
  }
  expect(readFileSync(join(folder, '.git/index'))).toEqual(index);
  expect(status()).toMatchInlineSnapshot(`
    "!! target/
    "
  `);
});

test('a workspace without a history', async () => {
  const folder = freshFolder();
  writeFiles(folder, { 'Cargo.toml': libManifest('lone'), 'src/lib.rs': 'pub fn lone() {}\n' });
  const env = { GIT_CEILING_DIRECTORIES: join(folder, '..') };
  const { exitCode, stderr } = await runAssay(['build', '-q', '--edits'], { cwd: folder, env });
  expect({ exitCode, stderr }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error: the workspace has no history that git can read: fatal: not a git repository (or any of the parent directories): .git
    ",
    }
  `);
});
