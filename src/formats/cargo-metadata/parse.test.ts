import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCargoMetadata } from './parse.ts';

const real = readFileSync(
  new URL('../../../tests/fixtures/cargo-metadata/workspace-1.95.json', import.meta.url),
  'utf8',
);

test('a workspace of three members and its dependencies', () => {
  const { value, problems } = parseCargoMetadata(real);
  const lines = value!.packages.map(krate => {
    const targets = krate.targets.map(target => `${target.kind.join('+')} ${target.name}`).join(', ');
    const member = value!.memberIds.includes(krate.id) ? 'member' : 'dependency';
    return `${member} ${krate.name} ${krate.version} (${krate.edition}, rust ${krate.rustVersion}): ${targets}`;
  });
  expect(problems).toEqual([]);
  expect([value!.root, value!.targetDirectory, ...lines].join('\n')).toMatchInlineSnapshot(`
    "/ws
    /ws/target
    dependency itoa 1.0.19 (2021, rust 1.68): lib itoa, test test, bench bench
    member kiosk 0.3.1 (2021, rust null): bin kiosk
    member pantry 0.1.0 (2021, rust null): lib pantry, test weighs, custom-build build-script-build
    dependency proc-macro2 1.0.107 (2021, rust 1.71): lib proc_macro2, test comments, test features, test marker, test test, test test_fmt, test test_size, custom-build build-script-build
    dependency quote 1.0.47 (2021, rust 1.71): lib quote, test compiletest, test test, custom-build build-script-build
    dependency serde 1.0.229 (2021, rust 1.56): lib serde, custom-build build-script-build
    dependency serde_core 1.0.229 (2021, rust 1.56): lib serde_core, custom-build build-script-build
    dependency serde_derive 1.0.229 (2021, rust 1.71): proc-macro serde_derive
    member stamp 0.2.0 (2021, rust null): proc-macro stamp
    dependency syn 3.0.10 (2021, rust 1.71): lib syn, test regression, test test_attribute, test test_derive_input, test test_expr, test test_generics, test test_grouping, test test_ident, test test_item, test test_lit, test test_meta, test test_parse_buffer, test test_parse_quote, test test_parse_stream, test test_pat, test test_path, test test_precedence, test test_punctuated, test test_receiver, test test_round_trip, test test_shebang, test test_size, test test_stmt, test test_token_trees, test test_ty, test test_unparenthesize, test test_visibility, test zzz_stable, bench file, bench rust
    dependency unicode-ident 1.0.27 (2021, rust 1.71): lib unicode_ident, test compare, test static_size, bench xid"
  `);
});

test('a path package has no source, and one from the registry has', () => {
  const packages = parseCargoMetadata(real).value!.packages;
  expect(packages.filter(krate => krate.source === null).map(krate => krate.name)).toEqual([
    'kiosk',
    'pantry',
    'stamp',
  ]);
});

test('a package without a name is a problem and the others count', () => {
  const text = JSON.stringify({
    version: 1,
    workspace_root: '/ws',
    workspace_members: ['a'],
    packages: [
      { id: 'a', version: '1.0.0' },
      7,
      { id: 'b', name: 'pear', version: '1.0.0', targets: [{ name: 'x' }] },
    ],
  });
  const { value, problems } = parseCargoMetadata(text);
  expect(value!.packages.map(krate => krate.name)).toEqual(['pear']);
  expect(value!.defaultMemberIds).toEqual(['a']);
  expect(problems.map(problem => problem.what)).toEqual([
    'a package without id, name or version (number 1)',
    'a package without id, name or version (number 2)',
    'a target without name or kind in pear 1.0.0',
  ]);
});

test.each([
  ['', 'not a JSON object'],
  ['[]', 'not a JSON object'],
  ['{"version":1}', 'no workspace_root'],
])('%j is no metadata', (text, what) => {
  expect(parseCargoMetadata(text)).toEqual({ value: null, problems: [{ what }] });
});

test('cut off anywhere it is null and a problem, and any text at all is survived', () => {
  fc.assert(
    fc.property(fc.nat({ max: real.trimEnd().length - 1 }), length => {
      const { value, problems } = parseCargoMetadata(real.slice(0, length));
      expect(value).toBeNull();
      expect(problems).toHaveLength(1);
    }),
  );
  fc.assert(fc.property(fc.json(), text => void parseCargoMetadata(text)));
});
