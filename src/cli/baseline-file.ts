import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Report } from '#model/report.ts';
import { markAgainstBaseline, parseBaseline, renderBaseline } from '#rules/baseline.ts';
import { type Flags, UsageError } from './flags.ts';
import { writeOutput } from './write-output.ts';

/**
 * The report as it is shown: findings marked against the baseline, the user's own lines among the notices.
 * @throws UsageError where the baseline cannot be read or is none.
 */
export async function withBaselineAndNotes(report: Report, flags: Flags): Promise<Report> {
  const compared = flags.baseline === null ? report : await applyBaseline(report, flags.baseline);
  if (flags.notes.length === 0) return compared;
  return { ...compared, notices: [...compared.notices, ...flags.notes] };
}

async function applyBaseline(report: Report, path: string): Promise<Report> {
  let text: string;
  try {
    text = await readFile(resolve(path), 'utf8');
  } catch {
    throw new UsageError(
      `cannot read the baseline \`${path}\``,
      `write one with \`cargo assay --write-baseline ${path}\``,
    );
  }
  const { value, problems } = parseBaseline(text);
  if (value === null)
    throw new UsageError(`\`${path}\`: ${problems.map(problem => problem.what).join('; ')}`);
  return { ...report, findings: markAgainstBaseline(report.findings, value) };
}

export async function saveBaseline(report: Report, path: string): Promise<void> {
  await writeOutput(resolve(path), renderBaseline(report.findings));
}
