import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UnitGraph } from '#model/build.ts';
import { parseUnitGraph } from './parse.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../tests/fixtures/unit-graph/${name}`, import.meta.url), 'utf8');
const real = fixture('clean-1.95.json');

test('the plan of a clean build', () => {
  const { value, problems } = parseUnitGraph(real);
  expect(problems).toEqual([]);
  expect(draw(value)).toMatchInlineSnapshot(`
    "0 itoa 1.0.19 lib build (opt 0, debug 2)
    1 kiosk 0.3.1 bin build needs 2,18 (opt 0, debug 2, incremental)
    2 pantry 0.1.0 lib build [default,jam] needs 0,4,11 (opt 0, debug 2, incremental)
    3 pantry 0.1.0 custom-build build [default,jam] (opt 0, debug 0, incremental)
    4 pantry 0.1.0 custom-build run-custom-build [default,jam] needs 3 (opt 0, debug 2)
    5 proc-macro2 1.0.107 lib build [proc-macro] needs 6,20 (opt 0, debug 0)
    6 proc-macro2 1.0.107 custom-build run-custom-build [proc-macro] needs 7 (opt 0, debug 0)
    7 proc-macro2 1.0.107 custom-build build [proc-macro] (opt 0, debug 0)
    8 quote 1.0.47 lib build [proc-macro] needs 5,9 (opt 0, debug 0)
    9 quote 1.0.47 custom-build run-custom-build [proc-macro] needs 10 (opt 0, debug 0)
    10 quote 1.0.47 custom-build build [proc-macro] (opt 0, debug 0)
    11 serde 1.0.229 lib build [default,derive,serde_derive,std] needs 13,14,17 (opt 0, debug 2)
    12 serde 1.0.229 custom-build build [default,derive,serde_derive,std] (opt 0, debug 0)
    13 serde 1.0.229 custom-build run-custom-build [default,derive,serde_derive,std] needs 12 (opt 0, debug 2)
    14 serde_core 1.0.229 lib build [result,std] needs 16 (opt 0, debug 2)
    15 serde_core 1.0.229 custom-build build [result,std] (opt 0, debug 0)
    16 serde_core 1.0.229 custom-build run-custom-build [result,std] needs 15 (opt 0, debug 2)
    17 serde_derive 1.0.229 proc-macro build [default] needs 5,8,19 (opt 0, debug 0)
    18 stamp 0.2.0 proc-macro build (opt 0, debug 2, incremental)
    19 syn 3.0.10 lib build [clone-impls,derive,parsing,printing,proc-macro] needs 5,8,20 (opt 0, debug 0)
    20 unicode-ident 1.0.27 lib build (opt 0, debug 0)
    roots 1,2,18"
  `);
});

test('units for a target have its triple, and what runs at build time has none', () => {
  const { value } = parseUnitGraph(fixture('with-target-1.95.json'));
  expect(draw(value).split('\n').slice(0, 5).join('\n')).toMatchInlineSnapshot(`
    "0 itoa 1.0.19 lib build for x86_64-unknown-linux-gnu (opt 0, debug 2)
    1 kiosk 0.3.1 bin build for x86_64-unknown-linux-gnu needs 2,18 (opt 0, debug 2, incremental)
    2 pantry 0.1.0 lib build for x86_64-unknown-linux-gnu [default,jam] needs 0,3,11 (opt 0, debug 2, incremental)
    3 pantry 0.1.0 custom-build run-custom-build for x86_64-unknown-linux-gnu [default,jam] needs 4 (opt 0, debug 2)
    4 pantry 0.1.0 custom-build build [default,jam] (opt 0, debug 2, incremental)"
  `);
});

test('cargo 1.97 plans the same build in the same words', () => {
  expect(draw(parseUnitGraph(fixture('clean-1.97.json')).value)).toBe(draw(parseUnitGraph(real).value));
});

test('every way in which cargo has been seen to write a profile', () => {
  const unit = (profile: object) => ({
    pkg_id: 'x#pear@1.0.0',
    target: { name: 'pear', kind: ['lib'] },
    mode: 'build',
    profile,
  });
  const profiles = [
    {
      name: 'release',
      opt_level: '3',
      lto: 'thin',
      codegen_units: 16,
      debuginfo: 'line-tables-only',
      strip: { resolved: { Named: 'debuginfo' } },
    },
    {
      name: 'dev',
      opt_level: '0',
      debuginfo: 2,
      incremental: true,
      strip: { deferred: 'None' },
      split_debuginfo: 'packed',
    },
    { name: 'old', opt_level: 's', strip: 'symbols', panic: 'abort', codegen_backend: 'cranelift' },
    {},
  ];
  const text = JSON.stringify({ version: 1, units: profiles.map(unit), roots: [0, 9] });
  const { value } = parseUnitGraph(text);
  const lines = value.units.map(({ profile }) =>
    Object.entries(profile)
      .filter(([, setting]) => setting !== null && setting !== false)
      .map(([name, setting]) => `${name}=${setting}`)
      .join(' '),
  );
  expect(value.roots).toEqual([0]);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "name=release optLevel=3 lto=thin codegenUnits=16 debuginfo=line-tables-only panic=unwind strip=debuginfo
    name=dev optLevel=0 lto=false debuginfo=2 splitDebuginfo=packed incremental=true panic=unwind strip=none
    name=old optLevel=s lto=false codegenBackend=cranelift debuginfo=0 panic=abort strip=symbols
    name=unknown optLevel=0 lto=false debuginfo=0 panic=unwind strip=none"
  `);
});

test('a unit without a target is a problem, and so is a dependency that does not exist', () => {
  const unit = {
    pkg_id: 'path+file:///ws/pear#1.0.0',
    target: { name: 'pear', kind: ['lib'] },
    mode: 'build',
    dependencies: [{ index: 8 }, {}],
  };
  const { value, problems } = parseUnitGraph(JSON.stringify({ version: 2, units: [{ pkg_id: 'x' }, unit] }));
  expect(value.units.map(({ index, packageName, version }) => ({ index, packageName, version }))).toEqual([
    { index: 1, packageName: 'pear', version: '1.0.0' },
  ]);
  expect(problems.map(problem => problem.what)).toEqual([
    'version 2, read as version 1',
    'unit 0 has no package id, target or mode',
    'unit 1 depends on a unit that does not exist',
  ]);
});

test('cut off anywhere it is empty and a problem, and any text at all is survived', () => {
  fc.assert(
    fc.property(fc.nat({ max: real.trimEnd().length - 1 }), length => {
      const { value, problems } = parseUnitGraph(real.slice(0, length));
      expect(value.units).toEqual([]);
      expect(problems).toHaveLength(1);
    }),
  );
  fc.assert(fc.property(fc.json(), text => void parseUnitGraph(text)));
});

function draw({ units, roots }: UnitGraph): string {
  const lines = units.map(unit => {
    const { profile } = unit;
    const settings = `opt ${profile.optLevel}, debug ${profile.debuginfo}${profile.incremental ? ', incremental' : ''}`;
    const needs = unit.dependencies.length === 0 ? '' : ` needs ${unit.dependencies.join(',')}`;
    const features = unit.features.length === 0 ? '' : ` [${unit.features.join(',')}]`;
    const platform = unit.platform === null ? '' : ` for ${unit.platform}`;
    return `${unit.index} ${unit.packageName} ${unit.version} ${unit.targetKind} ${unit.mode}${platform}${features}${needs} (${settings})`;
  });
  return [...lines, `roots ${roots.join(',')}`].join('\n');
}
