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

test('what the resolver chose, with features and the sections that a dependency is in', () => {
  const { packages, resolved } = parseCargoMetadata(real).value!;
  const nameOf = (id: string) => packages.find(krate => krate.id === id)?.name ?? id;
  const lines = [...resolved].map(([id, { features, dependencies }]) => {
    const needs = dependencies.map(
      ({ packageId, externName, kinds }) => `${nameOf(packageId)} as ${externName} (${kinds.join()})`,
    );
    return `${nameOf(id)} [${features.join()}] -> ${needs.join(', ')}`;
  });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "itoa [] -> 
    kiosk [] -> pantry as pantry (normal), stamp as stamp (normal)
    pantry [default,jam] -> itoa as itoa (normal), serde as serde (normal)
    proc-macro2 [proc-macro] -> unicode-ident as unicode_ident (normal)
    quote [proc-macro] -> proc-macro2 as proc_macro2 (normal)
    serde [default,derive,serde_derive,std] -> serde_core as serde_core (normal), serde_derive as serde_derive (normal)
    serde_core [result,std] -> serde_derive as serde_derive (normal)
    serde_derive [default] -> proc-macro2 as proc_macro2 (normal), quote as quote (normal), syn as syn (normal)
    stamp [] -> 
    syn [clone-impls,derive,parsing,printing,proc-macro] -> proc-macro2 as proc_macro2 (normal), quote as quote (normal), unicode-ident as unicode_ident (normal)
    unicode-ident [] -> "
  `);
});

test('a resolve graph with holes: what is whole counts, what is not is a problem', () => {
  const text = JSON.stringify({
    version: 1,
    workspace_root: '/ws',
    resolve: {
      nodes: [
        { deps: [] },
        { id: 'a', deps: [{ name: 'pear' }, { name: 'plum', pkg: 'b', dep_kinds: [{ kind: 'odd' }] }] },
        { id: 'b', features: ['x', 1], deps: [{ pkg: 'a', dep_kinds: [{ kind: 'dev' }, { kind: 'dev' }] }] },
      ],
    },
  });
  const { value, problems } = parseCargoMetadata(text);
  expect([...value!.resolved]).toEqual([
    ['a', { features: [], dependencies: [{ packageId: 'b', externName: 'plum', kinds: ['normal'] }] }],
    ['b', { features: ['x'], dependencies: [{ packageId: 'a', externName: '', kinds: ['dev'] }] }],
  ]);
  expect(problems.map(problem => problem.what)).toEqual([
    'a resolved package without id (number 1)',
    'a dependency without package in a',
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
