import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Audited } from '#async/gather.ts';
import type { Area, Report } from '#model/report.ts';
import type { PassResult } from '#toolchain/instrumented-pass.ts';
import type { Progress } from './progress.ts';
import { version } from './version.ts';
import { writeOutput } from './write-output.ts';

interface Stored {
  readonly key: string;
  readonly report: Report;
}

/**
 * The report of a live workspace. When its evidence is what it was when it was last judged for the same areas, the
 * stored report is the answer: judging again could only say the same, and a large workspace has hundreds of megabytes
 * of MIR.
 */
export async function judgeCached(
  result: PassResult,
  areas: readonly Area[],
  progress: Progress,
  audit?: Audited,
): Promise<{ report: Report; cached: boolean }> {
  const path = join(result.assayDir, `report-${areas.join('-')}.json`);
  const key = await keyOf(result, areas, audit);
  if (result.reused) {
    const stored = await readStored(path);
    if (stored?.key === key) return { report: stored.report, cached: true };
  }
  const { judge } = await import('./judge.ts');
  const report = await judge(result.evidence, areas, progress, [], audit);
  await writeOutput(path, JSON.stringify({ key, report } satisfies Stored));
  return { report, cached: false };
}

async function keyOf(
  { evidence }: PassResult,
  areas: readonly Area[],
  audit: Audited | undefined,
): Promise<string> {
  const identity = [version, areas, audit ?? null, await evidence.identity()];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

async function readStored(path: string): Promise<Stored | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Stored;
  } catch {
    return null;
  }
}
