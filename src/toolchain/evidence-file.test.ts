import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { EvidenceHeader, EvidenceSource } from '#model/evidence.ts';
import { openEvidenceFile, writeEvidenceFile } from './evidence-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const header: EvidenceHeader = {
  schema: 'assay-evidence/1',
  assay: '0.0.0',
  root: '/orchard',
  rustcVersionVerbose: 'rustc 1.95.0',
  cargoVersionVerbose: 'cargo 1.95.0',
  pass: 'check',
  runs: [],
  mirUnits: [],
  failures: [],
  cpuSeconds: 1.5,
  wallSeconds: 1,
};

function evidence(parts: Readonly<Record<string, string>>): EvidenceSource {
  return {
    header,
    partNames: Object.keys(parts).sort(),
    readPart: async name => parts[name] ?? null,
  };
}

async function readAll(path: string) {
  const opened = await openEvidenceFile(path);
  const entries: [string, string | null][] = [];
  for (const name of opened.source?.partNames ?? [])
    entries.push([name, (await opened.source?.readPart(name)) ?? null]);
  await opened.close();
  return {
    // Not by assignment: a part may be named `__proto__`.
    parts: Object.fromEntries(entries),
    header: opened.source?.header ?? null,
    problems: opened.problems.map(problem => problem.what),
  };
}

const sample = {
  'messages.jsonl': '{}\n'.repeat(200),
  'mir/fig/0000.mir': 'fn größe() {}\n',
  'source/a b.rs': '',
};

describe('an evidence file', () => {
  test('gives back what was written, whatever it is', async () => {
    const path = join(folder, 'any');
    const texts = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' }), {
      noNullPrototype: true,
    });
    await fc.assert(
      fc.asyncProperty(texts, async parts => {
        await writeEvidenceFile(evidence(parts), path);
        expect(await readAll(path)).toEqual({ parts, header, problems: [] });
      }),
      { numRuns: 40 },
    );
  });

  test('is the same for the same evidence, and leaves no draft', async () => {
    await writeEvidenceFile(evidence(sample), join(folder, 'one'));
    await writeEvidenceFile(evidence(sample), join(folder, 'two'));
    expect(readFileSync(join(folder, 'one')).equals(readFileSync(join(folder, 'two')))).toBe(true);
    expect(readdirSync(folder).filter(name => name.includes('.new'))).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['another file', '{"not": "evidence"}'.repeat(20)],
    ['the start alone', 'ASSAYEV1'],
  ])('%s is named for what it is', async (_, content) => {
    const path = join(folder, 'other');
    writeFileSync(path, content);
    const { header: found, problems } = await readAll(path);
    expect(found).toBe(null);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^is (not an evidence file|truncated)/);
  });

  test('a file that is not there', async () => {
    expect((await readAll(join(folder, 'absent'))).problems).toEqual(['cannot be opened (ENOENT)']);
  });

  test('cut or changed anywhere: never a throw, never a wrong text, never a part less without a problem', async () => {
    const path = join(folder, 'whole');
    await writeEvidenceFile(evidence(sample), path);
    const whole = readFileSync(path);
    const damaged = join(folder, 'damaged');
    const check = async (bytes: Buffer) => {
      writeFileSync(damaged, bytes);
      const read = await readAll(damaged);
      expect(read.problems).not.toEqual([]);
      for (const [name, text] of Object.entries(read.parts)) {
        if (text !== null) expect(text).toBe(sample[name as keyof typeof sample]);
        else expect(read.problems).toContain(`part ${name} is damaged`);
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), length => check(whole.subarray(0, length))),
      { numRuns: 60 },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= flip;
        return check(bytes);
      }),
      { numRuns: 120 },
    );
  });

  test('every bit counts, and is said to be wrong before any part is read', async () => {
    const path = join(folder, 'bits');
    await writeEvidenceFile(evidence(sample), path);
    const whole = readFileSync(path);
    const unsaid: string[] = [];
    for (let at = 0; at < whole.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        writeFileSync(path, bytes);
        const opened = await openEvidenceFile(path);
        if (opened.problems.length === 0) unsaid.push(`bit ${bit} of byte ${at}`);
        await opened.close();
      }
    }
    expect(unsaid).toEqual([]);
  });

  test('a full disk or a forbidden folder is a failure of its own kind', async () => {
    await expect(writeEvidenceFile(evidence(sample), '/proc/nothing/file')).rejects.toThrow();
    const inFile = join(folder, 'one', 'below');
    await expect(writeEvidenceFile(evidence(sample), inFile)).rejects.toMatchObject({
      kind: 'unwritable-target',
    });
  });
});
