import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Report } from '#model/report.ts';
import { markAgainstBaseline, parseBaseline, renderBaseline } from '#rules/baseline.ts';
import { UsageError } from './flags.ts';
import { writeOutput } from './write-output.ts';

/** @throws UsageError where the file cannot be read or is no baseline. */
export async function applyBaseline(report: Report, path: string): Promise<Report> {
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
