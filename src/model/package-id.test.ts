import { expect, test } from 'vitest';
import { packageNameAndVersion } from './package-id.ts';

test.each([
  ['registry+https://registry.example/index#serde@1.0.219', 'serde 1.0.219'],
  ['sparse+https://registry.example/index/#serde@1.0.219', 'serde 1.0.219'],
  ['path+file:///ws/kiosk#0.3.1', 'kiosk 0.3.1'],
  ['path+file:///ws/my%20shop/k%C3%A4se#0.3.1', 'käse 0.3.1'],
  ['path+file:///ws/api#shop-api@0.1.0', 'shop-api 0.1.0'],
  ['git+https://git.example/tool.git?tag=v2#tool@2.0.0', 'tool 2.0.0'],
  ['git+https://git.example/tool?rev=1f2e#2.0.0-rc.1+b', 'tool 2.0.0-rc.1+b'],
  ['serde 1.0.100 (registry+https://registry.example/index)', 'serde 1.0.100'],
])('%s', (id, expected) => {
  const named = packageNameAndVersion(id);
  expect(`${named?.name} ${named?.version}`).toBe(expected);
});

test.each(['', '#', 'serde', 'path+file:///#', 'x#@1.0.0', 'path+file:///%E0%A4%A#'])(
  '%j is no package id',
  id => {
    expect(packageNameAndVersion(id)).toBeNull();
  },
);
