import { expect, test } from 'vitest';
import { isOlder, versionField } from './locate.ts';
import { dumpFlags, listedFlags } from './probe.ts';

test.each([
  ['1.84.1', true],
  ['1.85.0', false],
  ['1.85.0-beta.3', false],
  ['1.97.0-nightly', false],
  ['2.0.0', false],
  ['1.100.0', false],
])('%s is older than 1.85.0: %s', (release, older) => {
  expect(isOlder(release, '1.85.0')).toBe(older);
});

test('the fields of -vV', () => {
  const text =
    'rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n';
  expect([versionField(text, 'release'), versionField(text, 'host'), versionField(text, 'none')]).toEqual([
    '1.95.0',
    'x86_64-unknown-linux-gnu',
    null,
  ]);
});

test('what cargo and rustc list under -Zhelp', () => {
  const cargo = '    -Z build-analysis              Record build metrics\n    -Z build-dir-new-layout   x\n';
  const rustc = '    -Z                                      dump-mir=val -- dump MIR state\n';
  expect(listedFlags(cargo, ['build-analysis', 'section-timings'])).toEqual(['build-analysis']);
  expect(listedFlags(rustc, ['dump-mir', 'dump-mir-dir'])).toEqual(['dump-mir']);
});

test('no dumps where a flag that they need is missing', () => {
  const needed = ['dump-mir', 'dump-mir-dir', 'mir-include-spans', 'trim-diagnostic-paths'];
  expect(dumpFlags({ cargoFlags: [], rustcFlags: needed.slice(1), coroutineDumps: true })).toEqual([]);
  const flags = (coroutineDumps: boolean, rustcFlags = needed) =>
    dumpFlags({ cargoFlags: [], rustcFlags, coroutineDumps });
  expect(flags(true)[0]).toBe('-Zdump-mir=coroutine_before | built');
  expect(flags(false)).toMatchInlineSnapshot(`
    [
      "-Zdump-mir=StateTransform & {closure# | built",
      "-Zmir-include-spans=on",
      "-Ztrim-diagnostic-paths=no",
    ]
  `);
  expect(flags(true, [...needed, 'print-type-sizes'])).toContain('-Zprint-type-sizes');
});
