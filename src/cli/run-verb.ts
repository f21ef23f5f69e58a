import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Audited } from '#async/gather.ts';
import type { EvidenceSource } from '#model/evidence.ts';
import type { Area, Report } from '#model/report.ts';
import { ToolchainFailure } from '#toolchain/failure.ts';
import type { PassResult } from '#toolchain/instrumented-pass.ts';
import { applyBaseline, saveBaseline } from './baseline-file.ts';
import { adviceFor } from './failure-advice.ts';
import { type Flags, UsageError } from './flags.ts';
import { openProgress, type Progress } from './progress.ts';
import { selectionFrom } from './selection.ts';
import type { VerbName } from './verbs.ts';
import { version } from './version.ts';

const everyArea: readonly Area[] = ['async', 'build'];
const areasOfVerb: Record<string, readonly Area[]> = {
  all: everyArea,
  async: ['async'],
  build: ['build'],
};

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
  if ((flags.audit || flags.requireAudited) && areasOfVerb[verb]?.includes('async') !== true)
    throw new UsageError(`\`assay ${verb}\` does not look at async code; \`--audit\` is of \`assay async\``);
  if (flags.deep && areasOfVerb[verb]?.includes('async') !== true && verb !== 'collect')
    throw new UsageError(`\`assay ${verb}\` does not look at async code; \`--deep\` is of \`assay async\``);
  if (flags.deep && flags.from !== null)
    throw new UsageError(
      '`--deep` reads dependencies while they are compiled; recorded evidence has them or not',
      'record it with `assay collect --deep -o FILE`',
    );
  if (flags.from !== null && flags.path !== null)
    throw new UsageError('`--from FILE` and a path name the evidence twice');

  const progress = openProgress(process.stderr, { quiet: flags.quiet, nowMs: () => performance.now() });
  try {
    if (flags.from !== null) return await judgeFile(verb, flags, flags.from, progress);
    return await judgeWorkspace(verb, flags, progress);
  } catch (error) {
    if (!(error instanceof ToolchainFailure)) throw error;
    progress.close();
    return reportFailure(error);
  } finally {
    progress.close();
  }
}

async function judgeWorkspace(verb: VerbName, flags: Flags, progress: Progress): Promise<number> {
  const { runPass } = await import('#toolchain/instrumented-pass.ts');
  const started = performance.now();
  const { directory, selection } = selectionFrom(flags, process.cwd());
  const wanted = areasOfVerb[verb] ?? everyArea;
  const result = await runPass({
    directory,
    selection,
    pass: wanted.includes('build') ? 'build' : 'check',
    mir: wanted.includes('async'),
    ...(flags.deep ? { deep: (await import('./deep.ts')).deepPass() } : {}),
    assayVersion: version,
    env: process.env,
    onProgress: event => {
      switch (event.stage) {
        case 'waiting':
          return progress.update({
            what: `waiting for another run of Assay in this workspace (process ${event.pid})`,
          });
        case 'preparing':
          return progress.update({ what: 'reading the workspace' });
        case 'compiling':
          return progress.update({
            what: event.crates.length === 0 ? 'compiling' : `compiling ${event.crates[0]}`,
            done: event.done,
            ...(event.total === null ? {} : { total: event.total }),
          });
        case 'summarising':
          return progress.update({
            what: `reading the MIR of ${event.crateName}`,
            done: event.done,
            total: event.total,
          });
        case 'cargo':
          // What cargo says of each crate is on the line already; what else it says (downloads, a lock that it waits
          // for) explains why nothing moves.
          if (/^\s*(Compiling|Checking|Fresh|Finished|Dirty|Running)\b/.test(event.line)) return;
          return progress.update({ what: `cargo: ${event.line.trim()}` });
        case 'diagnostic':
          return;
      }
    },
  });
  if (verb === 'collect')
    return await collect(flags, result, progress, started).finally(() => result.close());
  const { report, cached } = await judgeLive(verb, flags, result, progress).finally(() => result.close());
  const reuse = describeReuse(result, cached);
  if (reuse !== null) progress.say(`assay: ${reuse}`);
  return await finish(flags, report, progress);
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
    const report = await judge(opened.source, areas, progress, opened.problems, auditFrom(flags));
    return await finish(flags, report, progress);
  } finally {
    await opened.close();
  }
}

async function judgeLive(
  verb: VerbName,
  flags: Flags,
  result: PassResult,
  progress: Progress,
): Promise<{ report: Report; cached: boolean }> {
  const { judgeCached } = await import('./judged-report.ts');
  return await judgeCached(result, areasFor(verb, result.evidence), progress, auditFrom(flags));
}

/** A site that must be audited is listed too. */
function auditFrom(flags: Flags): Audited | undefined {
  if (flags.requireAudited) return 'required';
  return flags.audit ? 'listed' : undefined;
}

/** A check has no codegen: what was recorded by one says nothing of a build. */
function areasFor(verb: VerbName, evidence: EvidenceSource): readonly Area[] {
  const areas = areasOfVerb[verb] ?? everyArea;
  return evidence.header.pass === 'check' ? areas.filter(area => area !== 'build') : areas;
}

async function finish(flags: Flags, judged: Report, progress: Progress): Promise<number> {
  const compared = flags.baseline === null ? judged : await applyBaseline(judged, flags.baseline);
  const report =
    flags.notes.length === 0 ? compared : { ...compared, notices: [...compared.notices, ...flags.notes] };
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
