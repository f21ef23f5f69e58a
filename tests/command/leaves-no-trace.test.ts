import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reportOf, runAssay } from './run-assay.ts';
import {
  freshFolder,
  heldGuardCrate,
  heldGuardSource,
  libManifest,
  treeDigest,
  writeFiles,
} from './sample-workspace.ts';

const held = ['async/guard-held-across-await src/lib.rs:6'];

function drawn(report: import('#model/report.ts').Report): string[] {
  return report.findings.map(
    finding => `${finding.rule} ${finding.location.file}:${finding.location.startLine}`,
  );
}

function cargo(args: readonly string[], cwd: string, env: Record<string, string> = {}): string {
  const run = spawnSync('cargo', args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  return run.stderr;
}

describe('what belongs to the user stays as it is', () => {
  test('target, Cargo.lock, sources and cargo home are byte-identical, and the next build compiles nothing', async () => {
    const folder = heldGuardCrate('ws', {
      'build.rs': `fn main() {
    for (name, _) in std::env::vars() {
        assert!(name != "RUSTC_BOOTSTRAP", "a build script saw {name}");
    }
    println!("cargo::rerun-if-env-changed=RUSTC_BOOTSTRAP");
    println!("cargo::rerun-if-changed=build.rs");
}
`,
    });
    const home = freshFolder('cargo-home');
    writeFiles(home, { 'config.toml': '[net]\noffline = true\n', 'registry/marker': 'x' });
    const env = { CARGO_HOME: home };
    cargo(['build'], folder, env);
    const before = treeDigest(folder);
    const homeBefore = treeDigest(home);

    for (const verb of [['async'], ['build'], []]) {
      const run = await runAssay([...verb, '-q', '--fail-on', 'never'], { cwd: folder, env });
      expect(run.exitCode, run.stderr).toBe(0);
    }

    expect(treeDigest(folder, ['target/assay'])).toBe(before);
    expect(treeDigest(home)).toBe(homeBefore);
    expect(cargo(['build', '--verbose'], folder, env)).toMatch(/Fresh orchard[\s\S]*Finished/);
  });

  test('no Cargo.lock before, none after', async () => {
    const folder = heldGuardCrate();
    expect(drawn(await reportOf(['async'], { cwd: folder }))).toEqual(held);
    expect(readdirSync(folder).toSorted()).toEqual(['Cargo.toml', 'src', 'target']);
  });
});

describe('workspaces as they are in the world', () => {
  for (const name of ['with space', `quo'te"s`, 'ünïcødé-果樹園', 'dollar$HOME', 'semi;colon&and']) {
    test(`a path like ${name}`, async () => {
      const folder = heldGuardCrate(name);
      expect(drawn(await reportOf(['async'], { cwd: folder }))).toEqual(held);
    });
  }

  test('a symlinked workspace', async () => {
    const real = heldGuardCrate();
    const link = join(freshFolder(), 'link');
    symlinkSync(real, link);
    expect(drawn(await reportOf(['async'], { cwd: link }))).toEqual(held);
    expect(drawn(await reportOf(['async', link], { cwd: freshFolder() }))).toEqual(held);
  });

  test('a virtual manifest, and one member of it', async () => {
    const folder = freshFolder();
    writeFiles(folder, {
      'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\nresolver = "2"\n',
      'crates/apple/Cargo.toml': libManifest('apple'),
      'crates/apple/src/lib.rs': heldGuardSource,
      'crates/pear/Cargo.toml': libManifest('pear', '[dependencies]\napple = { path = "../apple" }\n'),
      'crates/pear/src/lib.rs': 'pub use apple::held;\n',
    });
    const apple = ['async/guard-held-across-await crates/apple/src/lib.rs:6'];
    expect(drawn(await reportOf(['async'], { cwd: folder }))).toEqual(apple);
    expect(drawn(await reportOf(['async', '-p', 'pear'], { cwd: folder }))).toEqual(apple);
    expect(drawn(await reportOf(['async'], { cwd: join(folder, 'crates/apple/src') }))).toEqual(apple);
  });

  test('build.target, build.target-dir, build.rustflags and build.rustc-wrapper in config', async () => {
    const host = /host: (.*)/.exec(spawnSync('rustc', ['-vV'], { encoding: 'utf8' }).stdout)![1];
    const folder = heldGuardCrate('ws', {
      'wrap.sh': '#!/bin/sh\necho wrapped >> "$WRAP_LOG"\nexec "$@"\n',
      '.cargo/config.toml': `[build]
target = "${host}"
target-dir = "elsewhere"
rustflags = ["--cfg", "orchard_in_bloom"]
rustc-wrapper = "./wrap.sh"
`,
      'src/lib.rs': `#[cfg(not(orchard_in_bloom))]\ncompile_error!("rustflags were lost");\n${heldGuardSource}`,
    });
    const report = await reportOf(['async'], { cwd: folder, env: { WRAP_LOG: join(folder, 'wrap.log') } });
    expect(drawn(report)).toEqual(['async/guard-held-across-await src/lib.rs:8']);
    expect(existsSync(join(folder, 'elsewhere/assay'))).toBe(true);
    expect(existsSync(join(folder, 'target'))).toBe(false);
  });

  test('two runs at once in one workspace', async () => {
    const folder = heldGuardCrate();
    const reports = await Promise.all([1, 2, 3].map(() => reportOf(['async'], { cwd: folder })));
    for (const report of reports) expect(drawn(report)).toEqual(held);
  });
});

describe('Ctrl-C', () => {
  test('at any moment: exit 130, no orphan, nothing half-written, and the next run is right', async () => {
    const folder = heldGuardCrate();
    for (const delayMs of [50, 150, 300, 500, 800, 1200]) {
      const run = await runAssay(['async'], {
        cwd: folder,
        onStart: kill => void setTimeout(() => kill('SIGINT'), delayMs),
      });
      // Before the command has begun its work the signal itself ends it, as it ends any program.
      expect(
        run.signal === 'SIGINT' || run.exitCode === 130 || run.exitCode === 1,
        `exit ${run.exitCode}`,
      ).toBe(true);
      expect(run.stderr).not.toMatch(/\n\s+at .*:\d+:\d+|failed where it should not/);
      expect(processesUnder(folder)).toEqual([]);
    }
    expect(drawn(await reportOf(['async'], { cwd: folder }))).toEqual(held);
  });

  test('while a build script hangs: the whole process group ends', async () => {
    const folder = heldGuardCrate('ws', {
      'build.rs': 'fn main() { std::thread::sleep(std::time::Duration::from_secs(600)) }\n',
    });
    let timer: NodeJS.Timeout | undefined;
    const run = await runAssay(['async'], {
      cwd: folder,
      onStart: kill => {
        timer = setInterval(() => {
          if (processesUnder(folder).some(command => command.includes('build-script'))) kill('SIGINT');
        }, 100);
      },
    });
    clearInterval(timer);
    expect(run.exitCode).toBe(130);
    expect(processesUnder(folder)).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual(['Cargo.toml', 'build.rs', 'src', 'target']);
  });
});

/** Command lines of the processes that mention the folder or stand in it (Linux). */
function processesUnder(folder: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (command.includes(folder)) found.push(command.slice(0, 200));
    } catch {
      // The process ended between the two reads.
    }
  }
  return found;
}
