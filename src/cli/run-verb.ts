import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { changeForms, parseChanges } from '#build/whatif/change.ts';
import type { Report } from '#model/report.ts';
import { ToolchainFailure } from '#toolchain/failure.ts';
import type { PassResult } from '#toolchain/instrumented-pass.ts';
import { areasFor, looksAtAsync, looksAtBuild, questionsFrom } from './areas.ts';
import { saveBaseline, withBaselineAndNotes } from './baseline-file.ts';
import { adviceFor } from './failure-advice.ts';
import { type Flags, UsageError } from './flags.ts';
import { livePass } from './live-pass.ts';
import { openProgress, type Progress } from './progress.ts';
import type { VerbName } from './verbs.ts';

/**
 * Runs one of the verbs that look at a workspace: gets the evidence (live or recorded), judges it, prints the report.
 * Returns the exit code.
 */
export async function runVerb(verb: VerbName, flags: Flags): Promise<number> {
  if (verb === 'collect' && flags.output === null) {
    throw new UsageError(
      '`assay collect` needs `-o FILE`',
      'the file that will hold the evidence, e.g. `-o evidence.assay`',
    );
  }
  if (verb === 'collect' && flags.from !== null)
    throw new UsageError('`assay collect` records a workspace; it has no use for `--from`');
  if ((flags.audit || flags.requireAudited) && !looksAtAsync(verb))
    throw new UsageError(`\`assay ${verb}\` does not look at async code; \`--audit\` is of \`assay async\``);
  if ((flags.format === 'trace' || flags.format === 'speedscope') && verb === 'async')
    throw new UsageError(
      `\`assay async\` builds nothing: \`--format ${flags.format}\` is of \`assay build\``,
    );
  if (flags.deep && !looksAtAsync(verb) && verb !== 'collect')
    throw new UsageError(`\`assay ${verb}\` does not look at async code; \`--deep\` is of \`assay async\``);
  if (flags.deep && flags.from !== null)
    throw new UsageError(
      '`--deep` reads dependencies while they are compiled; recorded evidence has them or not',
      'record it with `assay collect --deep -o FILE`',
    );
  if (flags.inside && verb !== 'build')
    throw new UsageError(
      `\`assay ${verb}\` does not profile rustc; \`--inside\` is of \`assay build\``,
      'async code is judged on another build, whose dumps would be most of its time',
    );
  if (flags.inside && flags.from !== null)
    throw new UsageError('`--inside` profiles rustc while it compiles; recorded evidence has it or not');
  if (flags.traces !== null && !flags.inside)
    throw new UsageError('`--traces` needs `--inside`, which profiles rustc');
  if (flags.from !== null && flags.path !== null)
    throw new UsageError('`--from FILE` and a path name the evidence twice');

  const forTuning = [
    ...(['again', 'apply', 'undo'] as const).filter(name => flags[name]),
    ...(flags.keep.length > 0 ? ['keep'] : []),
    ...(flags.budget === null ? [] : ['budget']),
    ...(flags.try.length > 0 ? ['try'] : []),
  ];
  if (verb !== 'tune' && forTuning.length > 0)
    throw new UsageError(`\`--${forTuning[0]}\` is of \`assay tune\``);
  if (verb === 'tune') return await runTune(flags);
  if (
    (flags.scenario.length > 0 || flags.prove || flags.edits) &&
    (!looksAtBuild(verb) || flags.from !== null)
  )
    throw new UsageError('`--scenario`, `--edits` and `--prove` compile: they are of a live `assay build`');
  if ((flags.whatIf.length > 0 || flags.advise) && (!looksAtBuild(verb) || flags.watch))
    throw new UsageError(
      `\`assay ${verb}\` does not look at a build; \`--what-if\` and \`--advise\` are of \`assay build\``,
    );
  const wrong = flags.whatIf.map(parseChanges).find(changes => typeof changes === 'string');
  if (wrong !== undefined)
    throw new UsageError(wrong as string, `one of ${changeForms.join(', ')}; several are joined by \` + \``);
  if (flags.watch) refuseWatch(verb, flags);
  return await withProgress(flags, async progress => {
    if (flags.from !== null) return await judgeFile(verb, flags, flags.from, progress);
    if (flags.watch) {
      const { watchWorkspace } = await import('./watch.ts');
      return await watchWorkspace(verb, flags, progress);
    }
    return await judgeWorkspace(verb, flags, progress);
  });
}

/** A failure of a tool is told, and is the exit code; the progress line is gone in any case. */
async function withProgress(flags: Flags, work: (progress: Progress) => Promise<number>): Promise<number> {
  const progress = openProgress(process.stderr, { quiet: flags.quiet, nowMs: () => performance.now() });
  try {
    return await work(progress);
  } catch (error) {
    if (!(error instanceof ToolchainFailure)) throw error;
    progress.close();
    return reportFailure(error);
  } finally {
    progress.close();
  }
}

async function runTune(flags: Flags): Promise<number> {
  if (flags.from !== null || flags.watch || flags.baseline !== null || flags.writeBaseline !== null)
    throw new UsageError('`assay tune` measures: it judges no recorded evidence and has no findings');
  const { tune } = await import('./tune.ts');
  return await withProgress(flags, progress => tune(flags, progress));
}

async function judgeWorkspace(verb: VerbName, flags: Flags, progress: Progress): Promise<number> {
  const started = performance.now();
  const traces =
    flags.inside && flags.traces !== null
      ? (await import('./trace-folder.ts')).traceFolder(flags.traces)
      : null;
  const result = await livePass(verb, flags, progress, traces);
  if (traces !== null) progress.say(`assay: ${traces.summary()}`);
  if (verb === 'collect')
    return await collect(flags, result, progress, started).finally(() => result.close());
  const { judgeCached } = await import('./judged-report.ts');
  const areas = areasFor(verb, result.evidence);
  const { report, cached } = await judgeCached(result, areas, progress, questionsFrom(flags)).finally(() =>
    result.close(),
  );
  const reuse = describeReuse(result, cached);
  if (reuse !== null) progress.say(`assay: ${reuse}`);
  return await finish(flags, report, progress);
}

/** A watch prints one line of JSON for each change, and nothing else can be made of it. */
function refuseWatch(verb: VerbName, flags: Flags): void {
  if (flags.format !== 'json')
    throw new UsageError(
      '`--watch` needs `--format json`',
      'each line of its output is one JSON object; a report as text is one of `cargo assay` without `--watch`',
    );
  if (!looksAtAsync(verb))
    throw new UsageError(`\`assay ${verb}\` cannot be watched: it finds nothing in sources`);
  const other = [
    flags.from === null ? null : '--from',
    flags.output === null ? null : '--output',
    flags.writeBaseline === null ? null : '--write-baseline',
  ].find(name => name !== null);
  if (other !== undefined) throw new UsageError(`\`--watch\` and \`${other}\` do not go together`);
}

/** What a second run says of the first: nothing is worse than a stale result that looks new. */
function describeReuse(result: PassResult, cached: boolean): string | null {
  if (result.reused) {
    return `nothing changed since the last pass: its evidence${cached ? ' and report are' : ' is'} shown`;
  }
  if (result.freshMembers > 0)
    return `${result.freshMembers} of ${result.freshMembers + result.compiledMembers} member crates were fresh`;
  return null;
}

async function collect(
  flags: Flags,
  result: PassResult,
  progress: Progress,
  startedMs: number,
): Promise<number> {
  const { writeEvidenceFile } = await import('#toolchain/evidence-file.ts');
  const path = resolve(flags.output!);
  await writeEvidenceFile(result.evidence, path);
  const bytes = statSync(path).size;
  progress.close();
  if (!flags.quiet) {
    const parts = result.evidence.partNames.length;
    const elapsed = ((performance.now() - startedMs) / 1000).toFixed(1);
    process.stderr.write(
      `assay: wrote ${flags.output} (${(bytes / 1e6).toFixed(1)} MB, ${parts} parts, ${elapsed} s)\n`,
    );
    process.stderr.write(
      `assay: it holds sources and compiler output of the workspace; judge it with \`cargo assay --from ${flags.output}\`\n`,
    );
  }
  const failures = result.evidence.header.failures;
  for (const failure of failures)
    process.stderr.write(`${failure.output.trimEnd()}\nerror: ${failure.message}\n`);
  return failures.length > 0 ? 3 : 0;
}

async function judgeFile(verb: VerbName, flags: Flags, path: string, progress: Progress): Promise<number> {
  const { openEvidenceFile } = await import('#toolchain/evidence-file.ts');
  const opened = await openEvidenceFile(path);
  try {
    if (opened.source === null) {
      throw new UsageError(
        `cannot use \`${path}\` as evidence: ${opened.problems.map(problem => problem.what).join('; ')}`,
      );
    }
    const { header } = opened.source;
    progress.say(
      `assay: judging what was recorded in ${path} (${header.rustcVersionVerbose.split('\n')[0]})`,
    );
    const { judge } = await import('./judge.ts');
    const areas = areasFor(verb, opened.source);
    const report = await judge(opened.source, areas, progress, opened.problems, questionsFrom(flags));
    return await finish(flags, report, progress);
  } finally {
    await opened.close();
  }
}

async function finish(flags: Flags, judged: Report, progress: Progress): Promise<number> {
  const report = await withBaselineAndNotes(judged, flags);
  if (flags.writeBaseline !== null) await saveBaseline(report, flags.writeBaseline);
  const { emitReport } = await import('./emit-report.ts');
  await emitReport(report, flags, progress);
  const { exitCode } = await import('#report/exit-code.ts');
  return exitCode(report, flags.failOn);
}

function reportFailure(failure: ToolchainFailure): number {
  if (failure.output.trim() !== '') process.stderr.write(`${failure.output.trimEnd()}\n\n`);
  process.stderr.write(`error: ${failure.message}\n`);
  const advice = adviceFor(failure.kind);
  if (advice !== null) process.stderr.write(`  help: ${advice}\n`);
  return failure.exitCode;
}
