import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { compareBuilds } from '#build/diff/compare.ts';
import { parseReportedBuild } from '#formats/assay-report/parse.ts';
import type { BuildDiff } from '#model/build-diff.ts';
import type { NamedBuild } from '#model/reported-build.ts';
import { type DiffFlags, type DiffFormat, parseDiffFlags } from './diff-flags.ts';
import { wantsColor } from './emit-report.ts';
import { UsageError } from './flags.ts';
import { version } from './version.ts';
import { printOutput, writeOutput } from './write-output.ts';

/** `assay build diff`: reads the reports, compares them, prints. Returns the exit code. */
export async function runBuildDiff(args: readonly string[]): Promise<number> {
  const flags = parseDiffFlags(args);
  if (flags === null) {
    const { diffHelp } = await import('./help.ts');
    process.stdout.write(diffHelp());
    return 0;
  }
  const problems: string[] = [];
  const before = await Promise.all(flags.before.map(path => readBuild(path, problems)));
  const after = await Promise.all(flags.after.map(path => readBuild(path, problems)));
  const compared = compareBuilds(before, after, version);
  const diff = { ...compared, notices: [...compared.notices, ...problems] };

  const text = await render(diff, flags);
  if (flags.output === null) await printOutput(text);
  else await writeOutput(resolve(flags.output), text);
  return isSlower(diff, flags.failOnSlower) ? 1 : 0;
}

async function readBuild(path: string, problems: string[]): Promise<NamedBuild> {
  const text = await readFile(resolve(path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why =
      error.code === 'ENOENT' ? 'no such file' : error.code === 'EISDIR' ? 'it is a folder' : error.code;
    throw new UsageError(`cannot read \`${path}\`: ${why}`);
  });
  const parsed = parseReportedBuild(text);
  if (parsed.value === null) {
    throw new UsageError(
      `cannot compare \`${path}\`: ${parsed.problems.map(({ what }) => what).join('; ')}`,
      '`cargo assay build --format json -o FILE` writes a report that can be compared',
    );
  }
  for (const { what } of parsed.problems) problems.push(`${path}: ${what}`);
  return { name: path, build: parsed.value };
}

async function render(diff: BuildDiff, flags: DiffFlags): Promise<string> {
  const renderers = await import('#report/render-build-diff.ts');
  switch (flags.format ?? formatOfFile(flags.output)) {
    case 'json':
      return renderers.renderBuildDiffJson(diff);
    case 'markdown':
      return renderers.renderBuildDiffMarkdown(diff);
    case 'text': {
      const { ansiPalette, plainPalette } = await import('#report/palette.ts');
      const terminal = flags.output === null && process.stdout.isTTY === true;
      return renderers.renderBuildDiffText(diff, {
        palette: wantsColor(flags.color, terminal) ? ansiPalette : plainPalette,
        width: terminal ? process.stdout.columns : Number.POSITIVE_INFINITY,
        verbose: flags.verbose,
        quiet: flags.quiet,
      });
    }
  }
}

function formatOfFile(path: string | null): DiffFormat {
  if (path?.endsWith('.json')) return 'json';
  return path?.endsWith('.md') ? 'markdown' : 'text';
}

/** Whether the wall time got slower by more than `percent`, told from noise. */
function isSlower(diff: BuildDiff, percent: number | null): boolean {
  if (percent === null) return false;
  const wall = diff.measures.find(({ name }) => name === 'wallSeconds');
  return wall !== undefined && wall.verdict === 'slower' && (wall.deltaPercent ?? Infinity) > percent;
}
