import { expect, test } from 'vitest';
import type { DependencyKind, Package, Resolved, Workspace } from '#model/workspace.ts';
import { compatibleRange, incompatibleVersions } from './versions.ts';

/**
 * A line per package: `shop 0.1.0 member: tokio 1.40.0, dev mail 0.2.0`. Ids are `name version`.
 */
function workspaceFrom(text: string): Workspace {
  const packages: Package[] = [];
  const resolved = new Map<string, Resolved>();
  const memberIds: string[] = [];
  for (const line of text.trim().split('\n')) {
    const [, id = '', name = '', version = '', member, needs = ''] =
      /^\s*((\S+) (\S+?))( member)?(?::\s*(.*))?$/.exec(line) ?? [];
    if (member !== undefined) memberIds.push(id);
    packages.push({
      id,
      name,
      version,
      edition: '2021',
      rustVersion: null,
      source: null,
      manifestPath: `/ws/${name}/Cargo.toml`,
      targets: [],
    });
    const kindsById = new Map<string, DependencyKind[]>();
    for (const need of needs.split(', ').filter(part => part !== '')) {
      const [, kind = 'normal', packageId = ''] = /^(?:(dev|build) )?(.*)$/.exec(need) ?? [];
      kindsById.set(packageId, [...(kindsById.get(packageId) ?? []), kind as DependencyKind]);
    }
    const dependencies = [...kindsById].map(([packageId, kinds]) => ({
      packageId,
      externName: packageId.split(' ')[0]?.replaceAll('-', '_') ?? '',
      kinds,
    }));
    resolved.set(id, { features: [], dependencies });
  }
  return {
    root: '/ws',
    targetDirectory: '/ws/target',
    memberIds,
    defaultMemberIds: memberIds,
    packages,
    resolved,
  };
}

/** `shop: 0.2.25 by mail > tokio (normal); 1.40.0 by tokio (normal)` */
function draw(text: string): string {
  return incompatibleVersions(workspaceFrom(text), 'tokio')
    .map(({ member, versions }) => {
      const ways = versions.map(
        ({ krate, kind, path }) =>
          `${krate.version} by ${path.map(link => link.krate.name).join(' > ')} (${kind})`,
      );
      return `${member.name}: ${ways.join('; ')}`;
    })
    .join('\n');
}

test('each version with the shortest way to it', () => {
  expect(
    draw(`
      shop 0.1.0 member: tokio 1.40.0, letters 2.0.0, mail 0.2.0
      letters 2.0.0: mail 0.2.0
      mail 0.2.0: tokio 0.2.25
      tokio 0.2.25
      tokio 1.40.0
    `),
  ).toMatchInlineSnapshot(`"shop: 0.2.25 by mail > tokio (normal); 1.40.0 by tokio (normal)"`);
});

test('two versions in two members that do not meet in one program are no mixture', () => {
  expect(
    draw(`
      shop 0.1.0 member: tokio 1.40.0
      post 0.1.0 member: tokio 0.2.25
      tokio 0.2.25
      tokio 1.40.0
    `),
  ).toBe('');
});

test('the member that brings them speaks for those that depend on it', () => {
  expect(
    draw(`
      app 0.1.0 member: shop 0.1.0
      shop 0.1.0 member: tokio 1.40.0, mail 0.2.0
      mail 0.2.0: tokio 0.2.25
      tokio 0.2.25
      tokio 1.40.0
    `),
  ).toMatchInlineSnapshot(`"shop: 0.2.25 by mail > tokio (normal); 1.40.0 by tokio (normal)"`);
});

test('tests and build scripts of the member are said to be so; those of other packages are not built', () => {
  expect(
    draw(`
      shop 0.1.0 member: tokio 1.40.0, dev mail 0.2.0, letters 2.0.0
      post 0.1.0 member: tokio 1.40.0, build mail 0.2.0
      letters 2.0.0: dev stamps 1.0.0
      stamps 1.0.0: tokio 0.3.7
      mail 0.2.0: tokio 0.2.25
      tokio 0.2.25
      tokio 0.3.7
      tokio 1.40.0
    `),
  ).toMatchInlineSnapshot(`
    "shop: 0.2.25 by mail > tokio (dev); 1.40.0 by tokio (normal)
    post: 0.2.25 by mail > tokio (build); 1.40.0 by tokio (normal)"
  `);
});

test('a circle of dev-dependencies ends, and three versions are three', () => {
  expect(
    draw(`
      shop 0.1.0 member: tokio 1.40.0, mail 0.2.0, dev helper 0.1.0
      helper 0.1.0 member: shop 0.1.0, tokio 0.3.7
      mail 0.2.0: tokio 0.2.25
      tokio 0.2.25
      tokio 0.3.7
      tokio 1.40.0
    `),
  ).toMatchInlineSnapshot(
    `
    "shop: 0.2.25 by mail > tokio (normal); 0.3.7 by helper > tokio (dev); 1.40.0 by tokio (normal)
    helper: 0.2.25 by shop > mail > tokio (normal); 0.3.7 by tokio (normal); 1.40.0 by shop > tokio (normal)"
  `,
  );
});

test('compatible versions are one', () => {
  expect(
    draw(`
      shop 0.1.0 member: tokio 1.40.0, mail 0.2.0
      mail 0.2.0: tokio 1.12.0
      tokio 1.12.0
      tokio 1.40.0
    `),
  ).toBe('');
});

test.each([
  ['1.40.0', '1'],
  ['0.3.7', '0.3'],
  ['0.0.7', '0.0.7'],
  ['2.0.0-rc.1', '2'],
  ['0.2.25+build', '0.2'],
])('%s is in the range %s', (version, range) => {
  expect(compatibleRange(version)).toBe(range);
});
