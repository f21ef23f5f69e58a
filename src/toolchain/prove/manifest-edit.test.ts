import { expect, test } from 'vitest';
import { withoutDependency, withoutFeature } from './manifest-edit.ts';

const manifest = `[package]
name = "app"

[features]
fast = ["dep:speed", "json/fast"]

[dependencies]
log = "0.4"
json = { version = "1", features = ["fast", "big"] }
speed = { version = "1", optional = true }
shared.workspace = true
[workspace.dependencies]
shared = { version = "2", features = ["a"] }
`;

test('a dependency is taken out, unless a feature of the package names it', () => {
  expect(withoutDependency(manifest, 'dependencies', 'log')).not.toContain('log');
  expect(['json', 'speed', 'gone'].map(key => withoutDependency(manifest, 'dependencies', key))).toEqual([
    null,
    null,
    null,
  ]);
  expect(withoutDependency(manifest, 'dev-dependencies', 'log')).toBeNull();
});

test('a feature is taken out where it stands', () => {
  const lineOf = (text: string | null, section: string, key: string) =>
    text
      ?.split(section)[1]
      ?.split(/^\[(?!dependencies\.|workspace\.dependencies\.)/m)[0]
      ?.includes(key);
  const json = withoutFeature(manifest, 'dependencies', 'json', 'big');
  expect([json?.includes('"fast"'), json?.includes('"big"')]).toEqual([true, false]);
  expect(withoutFeature(manifest, 'dependencies', 'json', 'none')).toBeNull();
  expect(withoutFeature(manifest, 'dependencies', 'log', 'default')).toContain('default-features = false');
  // What is inherited is the workspace's to switch off.
  expect(withoutFeature(manifest, 'dependencies', 'shared', 'default')).toBeNull();
  expect(withoutFeature(manifest, 'workspace.dependencies', 'shared', 'default')).toContain(
    'default-features = false',
  );
  expect(lineOf(withoutFeature(manifest, 'workspace.dependencies', 'shared', 'a'), 'workspace', '"a"')).toBe(
    false,
  );
});
