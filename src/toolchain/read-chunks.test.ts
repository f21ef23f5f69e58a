import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readChunks } from './read-chunks.ts';

test('a file in chunks is the file, also where it is left early', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'bytes');
  const bytes = Uint8Array.from({ length: 1_500_001 }, (_, index) => (index * 7) % 251);
  writeFileSync(path, bytes);
  const pieces: Uint8Array[] = [];
  for await (const chunk of readChunks(path)) pieces.push(chunk.slice());
  expect(pieces.length).toBeGreaterThan(2);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  for await (const chunk of readChunks(path)) {
    expect(chunk[1]).toBe(7);
    break;
  }
  await expect(readChunks(join(folder, 'absent')).next()).rejects.toThrow('ENOENT');
});
