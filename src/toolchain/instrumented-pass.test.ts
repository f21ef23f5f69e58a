import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { writeEvidenceFile } from './evidence-file.ts';
import { ToolchainFailure } from './failure.ts';
import type { PassOptions } from './pass-options.ts';
import {
  drawUnits,
  makeScratchWorkspace,
  pass,
  plainCargo,
  readMir,
  type ScratchWorkspace,
  treeDigest,
  twoCrates,
} from './scratch-workspace.ts';

const workspaces: ScratchWorkspace[] = [];
const nightly = /-nightly|-dev/.test(execFileSync('cargo', ['-V'], { encoding: 'utf8' }));

afterEach(() => {
  for (const workspace of workspaces.splice(0)) workspace.remove();
});

function scratch(files: Readonly<Record<string, string>>, folderName?: string): ScratchWorkspace {
  const workspace = makeScratchWorkspace(files, folderName);
  workspaces.push(workspace);
  return workspace;
}

async function failureOf(work: Promise<unknown>): Promise<ToolchainFailure> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ToolchainFailure);
  return error as ToolchainFailure;
}

const libOnly = (name: string, source: string): Readonly<Record<string, string>> => ({
  'Cargo.toml': `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`,
  'src/lib.rs': source,
});

describe('what a pass leaves', () => {
  test('a virtual workspace in a folder with spaces, quotes and letters beyond ASCII', async () => {
    const workspace = scratch(twoCrates, `my "pears" & it's größer $HOME`);
    const { result } = await pass(workspace);
    expect(drawUnits(result)).toMatchInlineSnapshot(`
      "apple 0.1.0 bin 1
      pear 0.2.0 lib 1"
    `);
    expect(
      result.evidence.partNames.map(name => name.replace(/-[0-9a-f]{16}/, '-HASH')),
    ).toMatchInlineSnapshot(`
      [
        "build-events.jsonl",
        "cargo-metadata.json",
        "messages.jsonl",
        "mir/apple-HASH/0000.mir",
        "mir/pear-HASH/0000.mir",
        "source/Cargo.toml",
        "source/apple/Cargo.toml",
        "source/apple/src/main.rs",
        "source/pear/Cargo.toml",
        "source/pear/src/lib.rs",
        "type-sizes/apple-HASH.txt",
        "type-sizes/pear-HASH.txt",
        "unit-graph.json",
      ]
    `);
    const mir = await readMir(result);
    expect(mir.match(/^\/\/ MIR for .*/gm)).toMatchInlineSnapshot(`
      [
        "// MIR for \`core::{closure#0}\` 0 coroutine_before",
        "// MIR for \`core\` after built",
        "// MIR for \`main\` after built",
        "// MIR for \`peel::{closure#0}\` 0 coroutine_before",
        "// MIR for \`peel\` after built",
        "// MIR for \`slice::{closure#0}\` 0 coroutine_before",
        "// MIR for \`slice\` after built",
      ]
    `);
    expect(await result.evidence.readPart('source/pear/src/lib.rs')).toBe(twoCrates['pear/src/lib.rs']);
  });

  test('a member that is only a dependency of the selected one is recorded too', async () => {
    const { result } = await pass(scratch(twoCrates), { packages: ['apple'] });
    expect(drawUnits(result)).toMatchInlineSnapshot(`
      "apple 0.1.0 bin 1
      pear 0.2.0 lib 1"
    `);
  });

  test('a build pass times codegen of every unit and knows its binary again', async () => {
    const workspace = scratch(twoCrates);
    const first = await pass(workspace, {}, { pass: 'build' });
    const events = (await first.result.evidence.readPart('build-events.jsonl')) ?? '';
    expect(events).toContain('"section":"codegen"');
    const second = await pass(workspace, {}, { pass: 'build' });
    expect(second.result.reused).toBe(true);
    expect(drawUnits(second.result)).toBe(drawUnits(first.result));
    expect(second.result.evidence.header).toEqual(first.result.evidence.header);
  });

  test('test targets are units of their own', async () => {
    const { result } = await pass(scratch(twoCrates), { targets: ['--all-targets'] });
    expect(drawUnits(result)).toMatchInlineSnapshot(`
      "apple 0.1.0 bin 1
      apple 0.1.0 test 1
      pear 0.2.0 lib 1
      pear 0.2.0 test 1"
    `);
  });

  test.each([
    ['timings-html', 'timings.html', 'const UNIT_DATA = '],
    ['wrapper', 'wrapper-events.jsonl', '"crate":"pear"'],
  ])('without a build-analysis log, %s', async (forced, part, content) => {
    const workspace = scratch(twoCrates);
    const { result } = await pass(workspace, {}, { env: { ...workspace.env, ASSAY_EVENTS: forced } });
    expect(await result.evidence.readPart(part)).toContain(content);
    expect(result.evidence.partNames).not.toContain('build-events.jsonl');
  });

  test.skipIf(nightly)('an [unstable] table that stable cargo ignores is not woken up', async () => {
    const workspace = scratch({ ...twoCrates, '.cargo/config.toml': '[unstable]\nno-such-thing = true\n' });
    const { result } = await pass(workspace);
    expect(result.evidence.partNames).toContain('timings.html');
    expect(drawUnits(result)).toContain('pear 0.2.0 lib 1');
  });
});

describe('what is reused', () => {
  test('evidence tells by its identity whether it is that of an earlier pass', async () => {
    const workspace = scratch(twoCrates);
    const identityOf = async (packages: readonly string[]) => {
      const { result } = await pass(workspace, { packages });
      return `${result.reused ? 'reused' : 'new'} ${await result.evidence.identity()}`;
    };
    const first = await identityOf(['pear']);
    expect(await identityOf(['pear'])).toBe(first.replace('new', 'reused'));
    // Compiled for another selection: nothing is left to compile for this one, and it is not what it was.
    workspace.write('pear/src/lib.rs', 'pub async fn peel() {}\n');
    await identityOf([]);
    const later = await identityOf(['pear']);
    expect(later).toMatch(/^reused/);
    expect(later).not.toBe(first.replace('new', 'reused'));
    // A manifest is part of the evidence too.
    workspace.write('pear/Cargo.toml', `${twoCrates['pear/Cargo.toml']}# pears\n`);
    expect(await identityOf(['pear'])).not.toBe(later);
  });

  test('nothing changed: the same evidence, byte for byte', async () => {
    const workspace = scratch(twoCrates);
    const first = await pass(workspace);
    const files = [join(workspace.root, '..', 'first'), join(workspace.root, '..', 'second')] as const;
    await writeEvidenceFile(first.result.evidence, files[0]);
    const second = await pass(workspace);
    await writeEvidenceFile(second.result.evidence, files[1]);
    expect([first.result.reused, second.result.reused]).toEqual([false, true]);
    expect([second.result.compiledMembers, second.result.freshMembers]).toEqual([0, 2]);
    expect(readFileSync(files[0]).equals(readFileSync(files[1]))).toBe(true);
  });

  test('only what was compiled again is recorded again', async () => {
    const workspace = scratch(twoCrates);
    await pass(workspace);
    workspace.write(
      'apple/src/main.rs',
      'async fn stalk() { pear::peel().await }\nfn main() { let _ = stalk(); }\n',
    );
    const { result } = await pass(workspace);
    expect([result.reused, result.compiledMembers, result.freshMembers]).toEqual([false, 1, 1]);
    const mir = await readMir(result);
    expect(mir).toContain('MIR for `stalk::{closure#0}`');
    expect(mir).not.toContain('MIR for `core::{closure#0}`');
    expect(mir).toContain('MIR for `peel::{closure#0}`');
  });

  test('what another selection compiled is not missed, and not counted twice', async () => {
    const workspace = scratch(twoCrates);
    await pass(workspace);
    workspace.write('pear/src/lib.rs', 'pub async fn peel() { bite().await }\npub async fn bite() {}\n');
    await pass(workspace, { packages: ['pear'] });
    const { result } = await pass(workspace);
    expect(await readMir(result)).toContain('MIR for `bite::{closure#0}`');
  });

  test('a unit that cargo thinks fresh and whose MIR is lost is made again', async () => {
    const workspace = scratch(twoCrates);
    const first = await pass(workspace);
    const units = join(first.result.assayDir, 'units');
    for (const name of readdirSync(units)) {
      if (name.startsWith('pear-') && !name.endsWith('.json')) rmSync(join(units, name), { recursive: true });
    }
    const second = await pass(workspace);
    expect(second.result.reused).toBe(false);
    expect(drawUnits(second.result)).toBe(drawUnits(first.result));
    expect(await readMir(second.result)).toBe(await readMir(first.result));
  });

  test('a new member in a glob is noticed', async () => {
    const workspace = scratch({
      'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\nresolver = "2"\n',
      'crates/fig/Cargo.toml': '[package]\nname = "fig"\nversion = "0.1.0"\nedition = "2021"\n',
      'crates/fig/src/lib.rs': 'pub fn grow() {}\n',
    });
    await pass(workspace);
    workspace.write(
      'crates/plum/Cargo.toml',
      '[package]\nname = "plum"\nversion = "0.1.0"\nedition = "2021"\n',
    );
    workspace.write('crates/plum/src/lib.rs', 'pub fn ripen() {}\n');
    const { result } = await pass(workspace);
    expect(drawUnits(result)).toMatchInlineSnapshot(`
      "fig 0.1.0 lib 1
      plum 0.1.0 lib 1"
    `);
  });
});

describe('what stays as it was', () => {
  test('target, lock file, sources and cargo home; the next cargo build compiles nothing', async () => {
    const workspace = scratch(twoCrates);
    writeFileSync(join(workspace.cargoHome, 'config.toml'), '[build]\nrustflags = ["--cfg", "ripe"]\n');
    plainCargo(workspace, 'build');
    const ours = (path: string) => path === 'target/assay';
    const before = [treeDigest(workspace.root, ours), treeDigest(workspace.cargoHome)];
    await pass(workspace);
    await pass(workspace, {}, { pass: 'build' });
    await pass(workspace);
    expect([treeDigest(workspace.root, ours), treeDigest(workspace.cargoHome)]).toEqual(before);
    expect(plainCargo(workspace, 'build', '-v')).not.toMatch(/Compiling|Dirty/);
  });

  test('no lock file is made where there was none, and an old one is not brought up to date', async () => {
    const workspace = scratch(twoCrates);
    await pass(workspace);
    expect(existsSync(join(workspace.root, 'Cargo.lock'))).toBe(false);
    expect((await pass(workspace)).result.reused).toBe(true);
    const old = 'version = 4\n\n[[package]]\nname = "pear"\nversion = "0.2.0"\n';
    workspace.write('Cargo.lock', old);
    await pass(workspace);
    expect(readFileSync(join(workspace.root, 'Cargo.lock'), 'utf8')).toBe(old);
  });

  test('--locked is for cargo to judge', async () => {
    const failure = await failureOf(pass(scratch(twoCrates), { locked: true }));
    expect([failure.kind, failure.exitCode]).toEqual(['bad-manifest', 2]);
    expect(failure.output).toContain('--locked');
  });

  test('a build script sees neither RUSTC_BOOTSTRAP nor a variable of ours', async () => {
    const script = `fn main() {
    for (name, _) in std::env::vars() {
        assert!(!name.contains("ASSAY") && name != "RUSTC_BOOTSTRAP", "{name}");
    }
    let wrapper = std::env::var("RUSTC_WRAPPER").unwrap();
    let probe = std::process::Command::new(wrapper)
        .arg(std::env::var("RUSTC").unwrap())
        .args(["-Zunstable-options", "--version"])
        .output()
        .unwrap();
    assert_eq!(probe.status.success(), NIGHTLY, "a probe for unstable features must fail on stable");
}
`;
    const workspace = scratch({
      ...libOnly('olive', 'pub fn press() {}\n'),
      'build.rs': `const NIGHTLY: bool = ${nightly};\n${script}`,
    });
    const { result } = await pass(workspace);
    expect(result.evidence.header.failures).toEqual([]);
    expect(drawUnits(result)).toBe('olive 0.1.0 lib 1');
  });
});

describe("the user's configuration", () => {
  test('target-dir, target, rustflags and a wrapper that gets everything but members', async () => {
    const workspace = scratch({
      ...libOnly('quince', 'pub fn cook() {}\n#[cfg(ripe)]\npub async fn ripen() {}\n'),
      'tools/wrapper': `#!/bin/sh\necho "$CARGO_CRATE_NAME" >> "$(dirname "$0")/calls"\nexec "$@"\n`,
      'build.rs': 'fn main() {}\n',
    });
    const host = /^host: (.*)$/m.exec(plainCargoVersion(workspace))?.[1] ?? '';
    workspace.write(
      '.cargo/config.toml',
      `[build]\ntarget-dir = "out dir"\ntarget = "${host}"\nrustflags = ["--cfg", "ripe"]\nrustc-wrapper = "tools/wrapper"\n`,
    );
    const { result } = await pass(workspace);
    expect(result.assayDir).toBe(join(workspace.root, 'out dir', 'assay'));
    expect(existsSync(join(workspace.root, 'target'))).toBe(false);
    expect(await readMir(result)).toContain('MIR for `ripen::{closure#0}`');
    const calls = readFileSync(join(workspace.root, 'tools/calls'), 'utf8').split('\n');
    expect(calls).toContain('build_script_build');
    expect(calls).not.toContain('quince');
  });

  test('a workspace reached through a symlink', async () => {
    const workspace = scratch(twoCrates);
    const link = join(dirname(workspace.root), 'link');
    symlinkSync(workspace.root, link);
    const { result } = await pass(workspace, {}, { directory: link });
    expect(drawUnits(result)).toContain('apple 0.1.0 bin 1');
    expect(result.evidence.partNames).toContain('source/apple/src/main.rs');
  });

  test('--manifest-path and --target-dir from elsewhere', async () => {
    const workspace = scratch(twoCrates);
    const elsewhere = dirname(workspace.root);
    const selection = { manifestPath: 'ws/pear/Cargo.toml', targetDir: 'elsewhere' };
    const { result } = await pass(workspace, selection, { directory: elsewhere });
    expect(result.assayDir).toBe(join(elsewhere, 'elsewhere', 'assay'));
    expect(existsSync(join(workspace.root, 'target'))).toBe(false);
    expect((await pass(workspace, selection, { directory: elsewhere })).result.reused).toBe(true);
  });
});

describe('what goes wrong', () => {
  test('a member that does not compile beside one that does', async () => {
    const workspace = scratch(twoCrates);
    workspace.write('apple/src/main.rs', 'fn main() { let seed: u32 = "pip"; }\n');
    const { result, progress } = await pass(workspace);
    expect(drawUnits(result)).toBe('pear 0.2.0 lib 1');
    const [failure] = result.evidence.header.failures;
    expect(failure?.message).toBe('the workspace does not compile');
    expect(failure?.output).toMatchInlineSnapshot(`
      "error[E0308]: mismatched types
       --> apple/src/main.rs:1:29
        |
      1 | fn main() { let seed: u32 = "pip"; }
        |                       ---   ^^^^^ expected \`u32\`, found \`&str\`
        |                       |
        |                       expected due to this


      error: could not compile \`apple\` (bin "apple") due to 1 previous error
      "
    `);
    expect(progress.some(step => step.stage === 'diagnostic' && step.level === 'error')).toBe(true);
    workspace.write('apple/src/main.rs', 'fn main() {}\n');
    const repaired = await pass(workspace);
    expect(repaired.result.evidence.header.failures).toEqual([]);
    expect(drawUnits(repaired.result)).toContain('apple 0.1.0 bin 1');
  });

  test('a build script that fails: its words are kept', async () => {
    const files = { ...libOnly('lemon', ''), 'build.rs': 'fn main() { panic!("no juice") }\n' };
    const { result } = await pass(scratch(files));
    expect(result.evidence.header.failures[0]?.output).toContain('no juice');
  });

  const kinds: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    Partial<PassOptions>,
    string,
    number,
  ])[] = [
    ['no Cargo.toml', { 'a.txt': '' }, {}, 'no-manifest', 2],
    ['a broken Cargo.toml', { 'Cargo.toml': '[package\n' }, {}, 'bad-manifest', 2],
    ['a target directory that is a file', { ...twoCrates, target: '' }, {}, 'unwritable-target', 3],
  ];
  test.each(kinds)('%s', async (_, files, options, kind, exitCode) => {
    const failure = await failureOf(pass(scratch(files), {}, options));
    expect([failure.kind, failure.exitCode]).toEqual([kind, exitCode]);
  });

  test('a package that is not there', async () => {
    const failure = await failureOf(pass(scratch(twoCrates), { packages: ['melon'] }));
    expect([failure.kind, failure.exitCode]).toEqual(['bad-request', 2]);
    expect(failure.output).toContain('melon');
  });

  test('no cargo', async () => {
    const workspace = scratch(twoCrates);
    const failure = await failureOf(pass(workspace, {}, { env: { ...workspace.env, PATH: '/nowhere' } }));
    expect([failure.kind, failure.exitCode]).toEqual(['no-cargo', 3]);
  });

  test('a rustc that is too old', async () => {
    const workspace = scratch({
      ...twoCrates,
      'old/rustc': '#!/bin/sh\nprintf "rustc 1.63.0\\nhost: x86_64-unknown-linux-gnu\\nrelease: 1.63.0\\n"\n',
    });
    const env = { ...workspace.env, RUSTC: join(workspace.root, 'old/rustc') };
    const failure = await failureOf(pass(workspace, {}, { env }));
    expect([failure.kind, failure.exitCode]).toEqual(['rustc-too-old', 3]);
    expect(failure.message).toMatchInlineSnapshot(`"rustc 1.63.0 is too old: 1.85.0 or newer is needed"`);
  });

  test('two passes at once: the second waits and finds all done', async () => {
    const workspace = scratch(twoCrates);
    const [first, second] = await Promise.all([pass(workspace), pass(workspace)]);
    const waited = [...first.progress, ...second.progress].filter(step => step.stage === 'waiting');
    expect(waited).toEqual([{ stage: 'waiting', pid: process.pid }]);
    expect([first.result.reused, second.result.reused].sort()).toEqual([false, true]);
    expect(existsSync(join(first.result.assayDir, 'lock'))).toBe(false);
    expect(existsSync(join(workspace.root, 'Cargo.lock'))).toBe(false);
  });
});

function plainCargoVersion(workspace: ScratchWorkspace): string {
  return execFileSync('cargo', ['-vV'], { env: workspace.env, encoding: 'utf8' });
}
