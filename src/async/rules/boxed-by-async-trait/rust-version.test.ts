import { expect, test } from 'vitest';
import type { Package, Workspace } from '#model/workspace.ts';
import { hasAsyncFnInTraits, packageOf } from './rust-version.ts';

test.each([
  [null, true],
  ['1.75', true],
  ['1.75.0', true],
  ['1.100', true],
  ['2.0', true],
  ['1.74', false],
  ['1.7', false],
])('async fn in traits with rust-version %j: %j', (rustVersion, expected) => {
  expect(hasAsyncFnInTraits(rustVersion)).toBe(expected);
});

test('a file belongs to the member with the longest folder above it', () => {
  const member = (name: string, folder: string): Package => ({
    id: name,
    name,
    version: '1.0.0',
    edition: '2021',
    rustVersion: null,
    source: null,
    manifestPath: `/shop/${folder}Cargo.toml`,
    targets: [],
  });
  const workspace: Workspace = {
    root: '/shop',
    targetDirectory: '/shop/target',
    memberIds: ['root', 'server'],
    defaultMemberIds: [],
    resolved: new Map(),
    packages: [member('root', ''), member('server', 'server/'), member('other', 'server/src/')],
  };
  expect(packageOf(workspace, 'server/src/a.rs')?.name).toBe('server');
  expect(packageOf(workspace, 'src/a.rs')?.name).toBe('root');
  expect(packageOf(null, 'src/a.rs')).toBe(null);
});
