import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, treeDigest, writeFiles } from './sample-workspace.ts';

/** rustc takes 0.3 s more with full debug info and 0.6 s more with split debug info: effects that no machine hides. */
const slowCompiler = `#!/bin/sh
case "$*" in *split-debuginfo=unpacked*) sleep 0.6 ;; esac
case "$*" in *debuginfo=2*) sleep 0.3 ;; esac
exec "$@"
`;

const manifest = `# the apple
${libManifest('apple')}
[profile.release] # shipped
lto = true
`;

function workspace(): string {
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': manifest,
    'src/lib.rs': 'pub fn core() -> u32 {\n    1\n}\n',
    'slow-rustc.sh': slowCompiler,
    '.cargo/config.toml': '[build]\nrustc-wrapper = "./slow-rustc.sh"\n',
  });
  return folder;
}

const chosen = [
  ...['--try', 'debug-line-tables', '--try', 'split-debuginfo-unpacked', '--try', 'linker-wild'],
  ...['--keep', 'nothing', '--scenario', 'clean', '--scenario', 'edit:src/lib.rs', '--budget', '30s'],
];

function drawn({ tune }: Report): string {
  const trials = tune!.trials.map(
    ({ settings, scenario, verdict, pairs }) =>
      `${settings.join(' + ')}, ${scenario}: ${verdict}, ${pairs} pairs`,
  );
  return [...trials, `best: ${tune!.best?.settings.join(' + ') ?? 'today'}`].join('\n');
}

function blocksOf(folder: string): string {
  const home = join(folder, 'target/assay/tune');
  const name = readdirSync(home).find(file => file.startsWith('blocks-'))!;
  return readFileSync(join(home, name), 'utf8');
}

test('a setting that gains wins, one that loses does not; the patch is written, and taken back to the byte, unless somebody changed it', async () => {
  const folder = workspace();
  const before = treeDigest(folder, ['target']);
  const report = await reportOf(['tune', ...chosen], { cwd: folder });
  expect(treeDigest(folder, ['target'])).toBe(before);
  expect(drawn(report)).toMatchInlineSnapshot(`
    "split-debuginfo-unpacked, clean: within-noise, 1 pairs
    debug-line-tables, clean: faster, 6 pairs
    debug-line-tables, edit:src/lib.rs: faster, 8 pairs
    best: debug-line-tables"
  `);
  expect(report.tune!.best!.patch).toMatchInlineSnapshot(`
    "--- a/Cargo.toml
    +++ b/Cargo.toml
    @@ -5,4 +5,7 @@
     edition = "2021"
     
     [profile.release] # shipped
     lto = true
    +
    +[profile.dev]
    +debug = "line-tables-only"
    "
  `);
  for (const { low, verdict } of report.tune!.best!.results)
    expect([low > 1, verdict]).toEqual([true, 'faster']);
  const schema = JSON.parse(readFileSync(resolve('schema/assay-report-1.json'), 'utf8'));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);

  const applied = await runAssay(['tune', ...chosen, '--apply'], { cwd: folder });
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect(applied.stderr).toContain('`cargo assay tune --undo` takes it back');
  expect(readFileSync(join(folder, 'Cargo.toml'), 'utf8')).toBe(
    `${manifest}\n[profile.dev]\ndebug = "line-tables-only"\n`,
  );
  const undone = await runAssay(['tune', '--undo'], { cwd: folder });
  expect(undone.stderr).toContain('Cargo.toml is as before');
  expect(readFileSync(join(folder, 'Cargo.toml'), 'utf8')).toBe(manifest);
  expect((await runAssay(['tune', '--undo'], { cwd: folder })).stderr).toContain('no settings were applied');

  await runAssay(['tune', ...chosen, '--apply'], { cwd: folder });
  writeFileSync(join(folder, 'Cargo.toml'), `${manifest}# mine\n`);
  const refused = await runAssay(['tune', '--undo'], { cwd: folder });
  expect([refused.exitCode, refused.stderr]).toMatchInlineSnapshot(`
    [
      2,
      "assay: reading the workspace, 0 s
    error: Cargo.toml was changed since the settings were applied; take them out by hand
    ",
    ]
  `);
  expect(readFileSync(join(folder, 'Cargo.toml'), 'utf8')).toBe(`${manifest}# mine\n`);
});

test('killed, it goes on with the blocks that it had, and the workspace is as before', async () => {
  const folder = workspace();
  const before = treeDigest(folder, ['target']);
  const killed = await runAssay(['tune', ...chosen], {
    cwd: folder,
    onStart: (kill, output) => {
      const timer = setInterval(() => {
        if (!output().includes('screening')) return;
        clearInterval(timer);
        kill('SIGKILL');
      }, 50);
    },
  });
  expect(killed.signal).toBe('SIGKILL');
  expect(treeDigest(folder, ['target'])).toBe(before);
  const had = blocksOf(folder);
  expect(had).not.toBe('');
  const resumed = await runAssay(['tune', ...chosen], { cwd: folder });
  expect(resumed.exitCode, resumed.stderr).toBe(0);
  expect(resumed.stderr).toMatch(/going on with \d+ blocks of builds that were measured before/);
  expect(blocksOf(folder).startsWith(had)).toBe(true);
  expect(treeDigest(folder, ['target'])).toBe(before);
});

test('Ctrl-C ends it, and leaves the workspace as before', async () => {
  const folder = workspace();
  const before = treeDigest(folder, ['target']);
  const run = await runAssay(['tune', ...chosen], {
    cwd: folder,
    onStart: (kill, output) => {
      const timer = setInterval(() => {
        if (!output().includes('control')) return;
        clearInterval(timer);
        kill('SIGINT');
      }, 50);
    },
  });
  expect(run.exitCode).toBe(130);
  expect(treeDigest(folder, ['target'])).toBe(before);
});

test('a wrong request is told before anything is built', async () => {
  const folder = workspace();
  const requests = [
    ['--keep', 'everything'],
    ['--try', 'magic'],
    ['--budget', 'soon'],
    ['--release'],
    ['--scenario', 'edit:src/none.rs'],
    ['--from', 'x'],
  ];
  const said = await Promise.all(
    requests.map(async args => {
      const { exitCode, stderr } = await runAssay(['tune', ...args], { cwd: folder });
      return `${args.join(' ')}: ${exitCode}\n${stderr.replace(/\n\nFor the flags.*/s, '')}`;
    }),
  );
  const other = await runAssay(['build', '--apply'], { cwd: folder });
  expect([...said, `build --apply: ${other.stderr.split('\n')[0]}`].join('\n')).toMatchInlineSnapshot(`
    "--keep everything: 2
    error: \`--keep everything\`: expected debuginfo, dependency-debuginfo, backtraces, unwinding, stable-toolchain, release-code, nothing
    --try magic: 2
    error: \`magic\` is no setting
      help: one of build-override-opt-1, build-override-opt-3, cranelift, debug-line-tables, debug-none, dependencies-codegen-units, dependencies-debug-line-tables, dependencies-debug-none, incremental-off, linker-lld, linker-mold, linker-wild, panic-abort, split-debuginfo-unpacked, threads
    --budget soon: 2
    error: \`--budget soon\`: expected a time such as 90s, 15m or 2h
    --release: 2
    error: \`assay tune\` works on the dev profile; a profile cannot be chosen
      help: \`--scenario release\` measures a release build too
    --scenario edit:src/none.rs: 2
    error: \`edit:src/none.rs\`: there is no Rust file src/none.rs
    --from x: 2
    error: \`assay tune\` measures: it judges no recorded evidence and has no findings
    build --apply: error: \`--apply\` is of \`assay tune\`"
  `);
});
