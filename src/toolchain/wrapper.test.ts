import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseEndMark, parseStartMark, posixScript, type WrapperPlan, writeWrapper } from './wrapper.ts';

const folder = join(mkdtempSync(join(tmpdir(), 'assay-test-')), `it's "here" $HOME`);
const marksDir = join(folder, 'marks');
const fakeRustc = join(folder, 'rustc');
mkdirSync(marksDir, { recursive: true });
// Says who was called, with which bootstrap, and every argument between brackets.
const speak = (name: string) =>
  `#!/bin/sh\nprintf '${name} bootstrap=%s' "\${RUSTC_BOOTSTRAP-}"\nfor a do printf ' [%s]' "$a"; done\nexit "\${CODE-0}"\n`;
writeFileSync(fakeRustc, speak('rustc'));
chmodSync(fakeRustc, 0o755);
const cache = join(folder, 'cache');
writeFileSync(cache, speak('cache'));
chmodSync(cache, 0o755);
afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

const plan: WrapperPlan = {
  memberDirs: [`/ws/it's mine`, '/ws/größe'],
  marksDir,
  userWrapper: null,
  members: { kind: 'dumped', flags: ['-Zdump-mir=a & {b | c'] },
  stripSectionTimings: true,
};

async function call(changes: Partial<WrapperPlan>, env: Record<string, string>, ...args: readonly string[]) {
  const wrapper = await writeWrapper(folder, { ...plan, ...changes });
  const options = { env: { PATH: process.env.PATH ?? '', ...env }, encoding: 'utf8' } as const;
  return execFileSync(wrapper, [fakeRustc, ...args], options).replaceAll(folder, 'HERE');
}

const member = { CARGO_CRATE_NAME: 'fig', CARGO_MANIFEST_DIR: `/ws/it's mine`, CARGO_PKG_NAME: 'fig' };

describe('the wrapper', () => {
  test('passes on what is not cargo compiling', async () => {
    expect(await call({}, {}, '-vV')).toBe('rustc bootstrap= [-vV]');
    expect(await call({ userWrapper: cache }, {}, '-vV')).toBe('cache bootstrap= [HERE/rustc] [-vV]');
    expect(readdirSync(marksDir)).toEqual([]);
  });

  test('asks for the MIR of a member, past the wrapper of the user', async () => {
    const said = await call({ userWrapper: cache }, member, '-C', 'extra-filename=-12ab', 'src/lib.rs');
    expect(said).toMatchInlineSnapshot(
      `"rustc bootstrap=1 [-C] [extra-filename=-12ab] [src/lib.rs] [-Zdump-mir=a & {b | c] [-Zdump-mir-dir=HERE/marks/fig-12ab.dumps]"`,
    );
    expect(readdirSync(marksDir).sort()).toEqual(['fig-12ab.end', 'fig-12ab.start']);
    expect(parseStartMark(readFileSync(join(marksDir, 'fig-12ab.start'), 'utf8'))).toMatchObject({
      dumped: true,
      crateName: 'fig',
      manifestDir: `/ws/it's mine`,
      args: ['-C', 'extra-filename=-12ab', 'src/lib.rs'],
    });
  });

  test('asks for the MIR of dependencies where they are read too, and never of a proc macro or a build script', async () => {
    const deep = { dependencyDirs: ['/reg/tiny-1.0.0', '/reg/derive-1.0.0'] };
    const tiny = { CARGO_CRATE_NAME: 'tiny', CARGO_MANIFEST_DIR: '/reg/tiny-1.0.0' };
    const derive = { CARGO_CRATE_NAME: 'derive', CARGO_MANIFEST_DIR: '/reg/derive-1.0.0' };
    const script = { CARGO_CRATE_NAME: 'build_script_build', CARGO_MANIFEST_DIR: '/reg/tiny-1.0.0' };
    const other = { CARGO_CRATE_NAME: 'other', CARGO_MANIFEST_DIR: '/reg/other-1.0.0' };
    const said = [
      await call(deep, member, '--crate-type', 'lib', 'src/lib.rs'),
      await call(deep, tiny, '--crate-type', 'lib', 'src/lib.rs'),
      await call(deep, derive, '--crate-type', 'proc-macro', 'src/lib.rs'),
      await call(deep, script, '--crate-type', 'bin', 'build.rs'),
      await call(deep, other, '--crate-type', 'lib', 'src/lib.rs'),
      await call({}, tiny, '--crate-type', 'lib', 'src/lib.rs'),
    ];
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "rustc bootstrap=1 [--crate-type] [lib] [src/lib.rs] [-Zdump-mir=a & {b | c] [-Zdump-mir-dir=HERE/marks/fig.dumps]
      rustc bootstrap=1 [--crate-type] [lib] [src/lib.rs] [-Zdump-mir=a & {b | c] [-Zdump-mir-dir=HERE/marks/tiny.dumps]
      rustc bootstrap= [--crate-type] [proc-macro] [src/lib.rs]
      rustc bootstrap= [--crate-type] [bin] [build.rs]
      rustc bootstrap= [--crate-type] [lib] [src/lib.rs]
      rustc bootstrap= [--crate-type] [lib] [src/lib.rs]"
    `);
    expect(parseStartMark(readFileSync(join(marksDir, 'tiny.start'), 'utf8'))).toMatchObject({
      dumped: false,
    });
  });

  test('profiles every crate but build scripts, members with arguments, past the wrapper of the user', async () => {
    const inside = {
      members: { kind: 'profiled', flags: { monoStats: true, macroStats: true } },
      userWrapper: cache,
    } as const;
    const tiny = { CARGO_CRATE_NAME: 'tiny', CARGO_MANIFEST_DIR: '/reg/tiny-1.0.0' };
    const script = { CARGO_CRATE_NAME: 'build_script_build', CARGO_MANIFEST_DIR: '/reg/tiny-1.0.0' };
    const said = [
      await call(inside, member, '--crate-type', 'lib', '--json=artifacts,timings', '-Zunstable-options'),
      await call(inside, tiny, '--crate-type', 'proc-macro'),
      await call(inside, script, '--crate-type', 'bin', '--json=artifacts,timings', '-Zunstable-options'),
      await call(inside, {}, '-vV'),
    ];
    expect(`\n${said.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      rustc bootstrap=1 [--crate-type] [lib] [--json=artifacts,timings] [-Zunstable-options] [-Zself-profile=HERE/marks/fig.profile] [-Zself-profile-events=default,args] [-Zdump-mono-stats=HERE/marks/fig.mono] [-Zdump-mono-stats-format=json] [-Zmacro-stats]
      rustc bootstrap=1 [--crate-type] [proc-macro] [-Zself-profile=HERE/marks/tiny.profile] [-Zself-profile-events=default] [-Zdump-mono-stats=HERE/marks/tiny.mono] [-Zdump-mono-stats-format=json] [-Zmacro-stats]
      cache bootstrap= [HERE/rustc] [--crate-type] [bin] [--json=artifacts]
      cache bootstrap= [HERE/rustc] [-vV]
      "
    `);
    const marks = ['fig', 'tiny', 'build_script_build'].map(key =>
      parseStartMark(readFileSync(join(marksDir, `${key}.start`), 'utf8')),
    );
    expect(marks.map(mark => [mark?.profiled, mark?.dumped])).toEqual([
      [true, false],
      [true, false],
      [false, false],
    ]);
  });

  test('keeps what rustc says of sizes away from cargo', async () => {
    const flags = ['-Zdump-mir=a', '-Zprint-type-sizes'];
    expect(await call({ members: { kind: 'dumped', flags } }, member, '-C', 'extra-filename=-12ab')).toBe('');
    expect(readFileSync(join(marksDir, 'fig-12ab.sizes'), 'utf8')).toMatch(
      /^rustc bootstrap=1 .*\[-Zprint-type-sizes\]/,
    );
    const dependency = { ...member, CARGO_MANIFEST_DIR: '/registry/fig' };
    expect(await call({ members: { kind: 'dumped', flags } }, dependency, 'a')).toBe('rustc bootstrap= [a]');
    rmSync(join(marksDir, 'fig-12ab.sizes'));
  });

  test('leaves a build script of a member alone, and takes a crate that is only named like one', async () => {
    const script = { ...member, CARGO_CRATE_NAME: 'build_script_build' };
    expect(await call({}, script, '--crate-type', 'bin')).toBe('rustc bootstrap= [--crate-type] [bin]');
    expect(await call({}, script, '--crate-type', 'lib')).toContain('bootstrap=1');
    expect(
      await call({}, { ...script, CARGO_BIN_NAME: 'build_script_build' }, '--crate-type', 'bin'),
    ).toContain('bootstrap=1');
  });

  test('sends dependencies through the wrapper of the user, without what stable refuses', async () => {
    const dependency = { ...member, CARGO_MANIFEST_DIR: '/registry/fig' };
    const args = [
      '-Zunstable-options',
      '--json=artifacts,timings',
      "a 'b",
      '',
      '--json=timings,x',
      '--json=a,timings,b',
    ];
    expect(await call({ userWrapper: cache }, dependency, ...args)).toMatchInlineSnapshot(
      `"cache bootstrap= [HERE/rustc] [--json=artifacts] [a 'b] [] [--json=timings,x] [--json=a,b]"`,
    );
    expect(await call({ stripSectionTimings: false }, dependency, '-Zunstable-options')).toContain(
      '[-Zunstable-options]',
    );
  });

  test('without dumps a member goes the way of any other crate, and may time its sections', async () => {
    const args = ['-C', 'extra-filename=-34cd', '-Zunstable-options', '--json=artifacts,timings'];
    const said = async (changes: Partial<WrapperPlan>) => await call(changes, member, ...args);
    expect(await said({ members: { kind: 'timed' } })).toMatchInlineSnapshot(
      `"rustc bootstrap=1 [-C] [extra-filename=-34cd] [-Zunstable-options] [--json=artifacts,timings]"`,
    );
    expect(await said({ members: { kind: 'timed' }, userWrapper: cache })).toMatchInlineSnapshot(
      `"cache bootstrap=1 [HERE/rustc] [-C] [extra-filename=-34cd] [-Zunstable-options] [--json=artifacts,timings]"`,
    );
    expect(await said({ members: { kind: 'plain' }, userWrapper: cache })).toMatchInlineSnapshot(
      `"cache bootstrap= [HERE/rustc] [-C] [extra-filename=-34cd] [--json=artifacts]"`,
    );
    expect(parseStartMark(readFileSync(join(marksDir, 'fig-34cd.start'), 'utf8'))?.dumped).toBe(false);
  });

  test('gives back the exit code', async () => {
    await expect(call({}, { ...member, CODE: '101' })).rejects.toMatchObject({ status: 101 });
  });

  test('changes no argument, whatever it holds', async () => {
    const wrapper = await writeWrapper(folder, plan);
    const word = fc.string({ unit: 'grapheme', maxLength: 8 }).filter(text => !text.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async words => {
        const env = { PATH: process.env.PATH ?? '', CARGO_CRATE_NAME: 'fig' };
        const said = execFileSync(wrapper, [fakeRustc, ...words], { env, encoding: 'utf8' });
        expect(said).toBe(`rustc bootstrap=${words.map(text => ` [${text}]`).join('')}`);
      }),
      { numRuns: 40 },
    );
  });

  test('is written again only when it differs', async () => {
    const path = await writeWrapper(folder, plan);
    const before = readFileSync(path, 'utf8');
    expect(before).toBe(posixScript(plan));
    writeFileSync(path, 'spoiled');
    await writeWrapper(folder, plan);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});

test('a mark that is not whole is not read', () => {
  const whole = '1\x004711\0fig\0fig\x000.1.0\0/ws\0rustc\0--test\0';
  expect(parseStartMark(whole)?.args).toEqual(['--test']);
  expect(parseStartMark(whole.slice(0, -2))).toBe(null);
  expect(parseStartMark('')).toBe(null);
});

test('an end mark has the exit code and the time that rustc took, as dash and bash print it', () => {
  expect(parseEndMark('101\n0m0.000000s 0m0.010000s\n1m2.500000s 0m0.250000s\n')).toEqual({
    exitCode: 101,
    cpuSeconds: 62.75,
  });
  expect(parseEndMark('0\n0m0.001s 0m0.002s\n0m1.500s 0m0.500s\n')?.cpuSeconds).toBe(2);
  expect(parseEndMark('0\n0m0.001s 0m0.002s\n0m1.5')).toBe(null);
  expect(parseEndMark('')).toBe(null);
});
