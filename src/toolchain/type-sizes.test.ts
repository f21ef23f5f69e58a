import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { storeTypeSizes, typeSizesFile } from './type-sizes.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const printed = join(folder, 'fig.sizes');
const stored = () => inflateSync(readFileSync(join(folder, typeSizesFile))).toString();

test('keeps the sections of futures, and removes what rustc printed', async () => {
  const fixture = new URL('../../tests/fixtures/type-sizes/harbour.stable.txt', import.meta.url);
  writeFileSync(printed, `something else\n${readFileSync(fixture, 'utf8')}`);
  const bytes = await storeTypeSizes(printed, folder, text => text.replaceAll('harbour', 'HARBOUR'));
  expect(bytes).toBe(readFileSync(join(folder, typeSizesFile)).length);
  expect(existsSync(printed)).toBe(false);
  const types = [...stored().matchAll(/^print-type-size type: `(.*)`: .*$/gm)].map(match => match[1]);
  expect(types).toMatchInlineSnapshot(`
    [
      "{async fn body of both()}",
      "{async fn body of unload()}",
      "{async fn body of instance()}",
      "{async fn body of generic<[u8; 700]>()}",
      "{async block@HARBOUR.rs:45:14: 45:19}",
      "{async fn body of moor_one()}",
      "{async fn body of Dock<u64>::moor()}",
      "{async fn body of closures()}",
      "{async closure body@HARBOUR.rs:66:31: 69:6}",
      "{async fn body of boxed()}",
      "{async fn body of tide()}",
    ]
  `);
  expect(
    stored()
      .split('\n')
      .every(line => line === '' || line.startsWith('print-type-size ')),
  ).toBe(true);
  expect(stored()).toMatch(/local `\.manifest`: 4000 bytes/);
});

test('nothing to keep, and nothing printed', async () => {
  writeFileSync(
    printed,
    'print-type-size type: `std::pin::Pin<{async block@a.rs:1:1: 1:6}>`: 8 bytes, alignment: 8 bytes\n',
  );
  expect(await storeTypeSizes(printed, folder, text => text)).toBe(null);
  expect(await storeTypeSizes(printed, folder, text => text)).toBe(null);
});
