import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, heldGuardCrate, heldGuardSource, libManifest, writeFiles } from './sample-workspace.ts';

/** A run as a reader sees it: exit code, then what was said, with the test's folder named `<ws>`. */
async function transcript(
  args: readonly string[],
  cwd: string,
  env: Record<string, string | undefined> = {},
): Promise<string> {
  const run = await runAssay([...args, '-q'], { cwd, env });
  expect(run.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  return `exit ${run.exitCode}\n${run.stdout}${run.stderr}`.replaceAll(cwd, '<ws>').trimEnd();
}

describe('requests that are wrong: exit 2', () => {
  test('an unknown flag, and the one that was meant', async () => {
    expect(await transcript(['--fromat', 'json'], freshFolder())).toMatchInlineSnapshot(`
      "exit 2
      error: unexpected argument \`--fromat\`
        help: did you mean \`--format\`?

      For the flags, try \`cargo assay --help\`."
    `);
  });

  test('a bad value', async () => {
    expect(await transcript(['--fail-on', 'warnings'], freshFolder())).toMatchInlineSnapshot(`
      "exit 2
      error: \`--fail-on warnings\`: expected error, warning, note, never

      For the flags, try \`cargo assay --help\`."
    `);
  });

  test('a word that is neither verb nor path', async () => {
    expect(await transcript(['biuld'], freshFolder())).toMatchInlineSnapshot(`
      "exit 2
      error: \`biuld\` is neither a verb of Assay nor a path that exists

      For the flags, try \`cargo assay --help\`."
    `);
  });

  test('no Cargo.toml', async () => {
    expect(await transcript([], freshFolder())).toMatchInlineSnapshot(`
      "exit 2
      error: could not find \`Cargo.toml\` in \`<ws>\` or any parent directory

      error: no Cargo.toml here or in any parent directory
        help: run it in a folder with a Cargo.toml, or name one: \`cargo assay PATH\` or \`--manifest-path PATH\`"
    `);
  });

  test('a broken Cargo.toml, in cargo’s own words', async () => {
    const folder = freshFolder();
    writeFiles(folder, { 'Cargo.toml': '[package\nname = "x"\n', 'src/lib.rs': '' });
    expect(await transcript([], folder)).toMatchInlineSnapshot(`
      "exit 2
      error: unclosed table, expected \`]\`
       --> Cargo.toml:1:9
        |
      1 | [package
        |         ^

      error: cargo cannot read the workspace"
    `);
  });

  test('collect without a file to write', async () => {
    expect(await transcript(['collect'], heldGuardCrate())).toMatchInlineSnapshot(`
      "exit 2
      error: \`assay collect\` needs \`-o FILE\`
        help: the file that will hold the evidence, e.g. \`-o evidence.assay\`

      For the flags, try \`cargo assay --help\`."
    `);
  });

  test('a report that cannot be written', async () => {
    const folder = heldGuardCrate();
    expect(await transcript(['async', '-o', 'no/such/folder/report.txt'], folder)).toMatchInlineSnapshot(`
      "exit 2
      error: cannot write \`<ws>/no/such/folder/report.txt\`: its folder does not exist

      For the flags, try \`cargo assay --help\`."
    `);
  });
});

describe('a tool fails: exit 3', () => {
  test('no cargo on the machine', async () => {
    const folder = heldGuardCrate();
    expect(
      await transcript([], folder, { PATH: '/nonexistent', CARGO: undefined, RUSTC: undefined }),
    ).toMatchInlineSnapshot(`
      "exit 3
      error: cannot start cargo (ENOENT)
        help: install Rust, or set CARGO and RUSTC; recorded evidence needs neither: \`assay --from FILE\`"
    `);
  });

  test('a rustc too old', async () => {
    const folder = heldGuardCrate();
    const old = freshFolder('old');
    writeFiles(old, {
      rustc:
        '#!/bin/sh\nprintf "rustc 1.63.0 (4b91a6ea7 2022-08-08)\\nbinary: rustc\\nhost: x86_64-unknown-linux-gnu\\nrelease: 1.63.0\\n"\n',
    });
    expect(await transcript([], folder, { RUSTC: join(old, 'rustc') })).toMatchInlineSnapshot(`
      "exit 3
      rustc 1.63.0 (4b91a6ea7 2022-08-08)
      binary: rustc
      host: x86_64-unknown-linux-gnu
      release: 1.63.0

      error: rustc 1.63.0 is too old: 1.85.0 or newer is needed
        help: update with \`rustup update\`, or check the workspace’s rust-toolchain.toml"
    `);
  });

  test('the target directory cannot be written', async () => {
    const folder = heldGuardCrate();
    writeFileSync(join(folder, 'target'), 'a file stands where the folder should be');
    expect(await transcript(['async'], folder)).toMatchInlineSnapshot(`
      "exit 3
      error: cannot write <ws>/target/assay (ENOTDIR)
        help: choose another place with \`--target-dir DIRECTORY\`"
    `);
  });

  test('one member does not compile: rustc’s errors whole, the other member judged', async () => {
    const folder = freshFolder();
    writeFiles(folder, {
      'Cargo.toml': '[workspace]\nmembers = ["good", "bad"]\nresolver = "2"\n',
      'good/Cargo.toml': libManifest('good'),
      'good/src/lib.rs': heldGuardSource,
      'bad/Cargo.toml': libManifest('bad'),
      'bad/src/lib.rs': 'pub fn f() -> u32 {\n    "not a number"\n}\n',
    });
    const text = await transcript(['async', '--workspace'], folder);
    expect(text).toContain('exit 3');
    expect(text).toContain('error[E0308]: mismatched types');
    expect(text).toContain('"not a number"');
    expect(text).toContain('good/src/lib.rs:6');
    expect(text).toContain('held across an await');
  });

  const smallDisk = process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0;
  test.skipIf(!smallDisk)('the disk is full', async () => {
    const folder = heldGuardCrate();
    const target = join(folder, 'small');
    mkdirSync(target);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', target]);
    expect(mounted.status).toBe(0);
    try {
      const text = await transcript(['async', '--target-dir', target], folder);
      expect(text).toContain('exit 3');
      expect(text).toMatch(/no space left/i);
    } finally {
      spawnSync('umount', [target]);
    }
  });
});

describe('recorded evidence that is damaged', () => {
  test('not an evidence file', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'x.assay'), 'hello');
    expect(await transcript(['--from', 'x.assay'], folder)).toMatchInlineSnapshot(`
      "exit 2
      error: cannot use \`x.assay\` as evidence: is not an evidence file of Assay

      For the flags, try \`cargo assay --help\`."
    `);
  });

  test('no such file', async () => {
    expect(await transcript(['--from', 'missing.assay'], freshFolder())).toMatchInlineSnapshot(`
      "exit 2
      error: cannot use \`missing.assay\` as evidence: cannot be opened (ENOENT)

      For the flags, try \`cargo assay --help\`."
    `);
  });

  test('cut off at any place, or with any byte flipped: said, never a crash', async () => {
    const folder = heldGuardCrate();
    const collected = await runAssay(['collect', '-o', 'whole.assay', '-q'], { cwd: folder });
    expect(collected.exitCode).toBe(0);
    const whole = readFileSync(join(folder, 'whole.assay'));
    const damaged = join(folder, 'damaged.assay');
    for (let step = 0; step < 8; step++) {
      const at = Math.floor((whole.length * step) / 8);
      const flipped = Buffer.from(whole);
      flipped[at] = flipped[at]! ^ 0x55;
      for (const bytes of [whole.subarray(0, at), flipped]) {
        writeFileSync(damaged, bytes);
        const run = await runAssay(['--from', damaged, '-q'], { cwd: folder });
        expect([2, 3]).toContain(run.exitCode);
        expect(run.stdout + run.stderr).toMatch(
          /error: (cannot use `.*` as evidence|assay: the recorded evidence is damaged)/,
        );
        expect(run.stdout + run.stderr).not.toMatch(/\n\s+at .*:\d+:\d+|failed where it should not/);
      }
    }
    expect(existsSync(damaged)).toBe(true);

    // One bit of the first part, which async does not even read: what is left is judged, and the damage is said.
    const flipped = Buffer.from(whole);
    flipped[9] = flipped[9]! ^ 0x40;
    writeFileSync(damaged, flipped);
    const text = await transcript(['async', '--from', damaged], folder);
    expect(text).toContain('exit 3');
    expect(text).toContain('part build-events.jsonl is damaged');
    expect(text).toContain('src/lib.rs:6:9');
  });
});

test('a crate that rustc compiles, and not when it is asked for all bodies: its futures are judged', async () => {
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': libManifest('cyclic'),
    'src/lib.rs': `use std::sync::LazyLock;
static COUNTER: LazyLock<u32> = LazyLock::new(|| {
    std::thread::spawn(|| { let _ = *COUNTER; });
    1
});
${heldGuardSource}
pub fn count() -> u32 { *COUNTER }
`,
  });
  const report = await reportOf(['async'], { cwd: folder });
  expect(report.failures).toEqual([]);
  const lines = report.findings.map(({ rule, location }) => `${location.startLine}: ${rule}`);
  const open = report.unknowns.map(({ what, why }) => `unknown: ${what}: ${why}`);
  expect([...lines, ...open].join('\n')).toMatchInlineSnapshot(`
    "11: async/guard-held-across-await
    unknown: crate of which only futures were seen: cyclic 0.1.0 (lib cyclic): rustc ends with a cycle (E0391) when it is asked for all functions: a static is named in its own initialiser"
  `);
  const again = await reportOf(['async'], { cwd: folder });
  expect(again).toEqual(report);
});
