import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEvidenceFolder, type SelectedUnit, storeSet } from './evidence-folder.ts';
import { openUnitStore } from './unit-store.ts';

const header = {
  schema: 'assay-evidence/1',
  assay: '0.0.0',
  rustcVersionVerbose: 'rustc 1.95.0',
  cargoVersionVerbose: 'cargo 1.95.0',
  pass: 'check',
  runs: [],
  failures: [],
  cpuSeconds: null,
  wallSeconds: 1,
} as const;

/** A library of one source, compiled at a time that its stamp says. */
function unit(root: string, name: string, stamp: string): SelectedUnit {
  const source = join(root, `${name}.rs`);
  return {
    targetKind: 'lib',
    record: {
      schema: 1,
      key: name,
      recipe: '',
      crateName: name,
      packageName: name,
      version: '0.1.0',
      manifestDir: root,
      edition: '2021',
      srcPath: source,
      crateTypes: ['lib'],
      test: false,
      features: [],
      outDir: join(root, 'target'),
      depInfo: '',
      depInfoStamp: stamp,
      sources: [source],
      chunkBytes: [1],
      unreadable: [],
      typeSizesBytes: null,
      summaryBytes: null,
    },
  };
}

test('the identity is that of what was compiled and read, in whatever order cargo names it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'assay-identity-'));
  try {
    const folder = join(root, 'set');
    for (const name of ['apple', 'pear']) writeFileSync(join(root, `${name}.rs`), `// ${name}\n`);
    await storeSet(folder, { ...header, root }, new Map([['messages.jsonl', '']]));
    const store = await openUnitStore(join(root, 'units'));
    const identityOf = (...units: readonly SelectedUnit[]) =>
      openEvidenceFolder(
        folder,
        { header: { ...header, root }, partNames: ['messages.jsonl'] },
        units,
        [],
        store,
        [],
        null,
        null,
      ).identity();
    const [apple, pear] = [unit(root, 'apple', '1'), unit(root, 'pear', '1')];
    const first = await identityOf(apple, pear);
    expect(await identityOf(pear, apple)).toBe(first);
    expect(await identityOf(apple, unit(root, 'pear', '2'))).not.toBe(first);
    expect(await identityOf(apple)).not.toBe(first);
    utimesSync(join(root, 'apple.rs'), 1, 1);
    expect(await identityOf(apple, pear)).not.toBe(first);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
