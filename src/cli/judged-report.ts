import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Area, Report } from '#model/report.ts';
import type { PassResult } from '#toolchain/instrumented-pass.ts';
import type { Questions } from './areas.ts';
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
  questions: Questions,
): Promise<{ report: Report; cached: boolean }> {
  const path = join(result.assayDir, `report-${areas.join('-')}.json`);
  const key = await keyOf(result, areas, questions);
  if (result.reused) {
    const stored = await readStored(path);
    if (stored?.key === key) return { report: stored.report, cached: true };
  }
  const { judge } = await import('./judge.ts');
  const report = await judge(result.evidence, areas, progress, [], questions);
  await writeOutput(path, JSON.stringify({ key, report } satisfies Stored));
  return { report, cached: false };
}

async function keyOf(
  { evidence }: PassResult,
  areas: readonly Area[],
  questions: Questions,
): Promise<string> {
  const identity = [version, areas, questions, await evidence.identity()];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

async function readStored(path: string): Promise<Stored | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Stored;
  } catch {
    return null;
  }
}
