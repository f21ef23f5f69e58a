import { expect, test } from 'vitest';
import { dependencyPackages } from './dependency-packages.ts';

/** `app` uses `web` and, in its build script, `cc`; `web` uses `derive` (a proc macro, which uses `syn`) and `core`. */
const uses: Readonly<Record<string, readonly (readonly [string, string | null])[]>> = {
  app: [
    ['web', null],
    ['cc', 'build'],
    ['core', null],
    ['probe', 'dev'],
  ],
  web: [
    ['derive', null],
    ['core', null],
    ['bench', 'dev'],
  ],
  derive: [['syn', null]],
  syn: [],
  core: [],
  cc: [['jobs', null]],
  jobs: [],
  probe: [['core', null]],
  bench: [],
};

const metadata = JSON.stringify({
  packages: Object.keys(uses).map(name => ({
    id: `id:${name}`,
    name,
    version: '1.0.0',
    manifest_path: `/src/${name}/Cargo.toml`,
    targets: [{ kind: [name === 'derive' ? 'proc-macro' : 'lib'] }],
  })),
  workspace_members: ['id:app'],
  resolve: {
    nodes: Object.entries(uses).map(([name, deps]) => ({
      id: `id:${name}`,
      deps: deps.map(([pkg, kind]) => ({ pkg: `id:${pkg}`, dep_kinds: [{ kind }] })),
    })),
  },
});

test('what the members are linked with, each after what it uses', () => {
  const drawn = dependencyPackages(metadata).map(
    ({ package: named, dir, dependents, below }) =>
      `${named} in ${dir}, used by ${dependents.join(', ')}; below it ${below.join(', ') || 'nothing'}`,
  );
  expect(drawn.join('\n')).toMatchInlineSnapshot(`
    "core 1.0.0 in /src/core, used by app 1.0.0, probe 1.0.0, web 1.0.0; below it nothing
    probe 1.0.0 in /src/probe, used by app 1.0.0; below it id:core
    web 1.0.0 in /src/web, used by app 1.0.0; below it id:core"
  `);
});

test('without a resolve graph there are none', () => {
  expect(dependencyPackages('{"packages":[],"workspace_members":["a"],"resolve":null}')).toEqual([]);
});
