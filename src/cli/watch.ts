import { dirname } from 'node:path';
import { parseCargoMetadata } from '#formats/cargo-metadata/parse.ts';
import type { EvidenceSource } from '#model/evidence.ts';
import type { Report, ToolFailure } from '#model/report.ts';
import { exitCode } from '#report/exit-code.ts';
import { renderWatchEvent, type WatchEvent } from '#report/render-watch-event.ts';
import { reportChanges } from '#report/report-changes.ts';
import { withInterrupts } from '#toolchain/child-groups.ts';
import { ToolchainFailure } from '#toolchain/failure.ts';
import { type SourceWatch, watchSources } from '#toolchain/source-watch.ts';
import { areasFor, questionsFrom } from './areas.ts';
import { withBaselineAndNotes } from './baseline-file.ts';
import type { Flags } from './flags.ts';
import { judgeCached } from './judged-report.ts';
import { livePass } from './live-pass.ts';
import type { Progress } from './progress.ts';
import type { VerbName } from './verbs.ts';
import { printOutput } from './write-output.ts';

/** What a pass left. */
interface Judged {
  readonly report: Report;
  readonly places: Places;
  /** Nothing was compiled. */
  readonly reused: boolean;
}

interface Places {
  readonly folders: readonly string[];
  readonly ignored: readonly string[];
}

/**
 * Judges the workspace, and again after each change of its sources, until it is interrupted or nobody reads any more. cargo
 * compiles what changed and what depends on it; the rest keeps its evidence. Ctrl-C is how a watch ends: the exit code is
 * that of the last report, as if it had been the only one. Throws what the first pass throws; later ones are told as events.
 */
export async function watchWorkspace(verb: VerbName, flags: Flags, progress: Progress): Promise<number> {
  return await withInterrupts(undefined, async signal => {
    const startedMs = Date.now();
    const first = await judgePass(verb, flags, progress, signal);
    await emit({ event: 'report', report: first.report });
    const watch = await watchSources({ ...first.places, knownUntilMs: startedMs });
    try {
      await emit({ event: 'watching', folders: watch.folderCount(), skipped: watch.skippedCount() });
      return await follow(verb, flags, progress, watch, first.report, signal);
    } finally {
      watch.close();
    }
  });
}

async function follow(
  verb: VerbName,
  flags: Flags,
  progress: Progress,
  watch: SourceWatch,
  first: Report,
  signal: AbortSignal,
): Promise<number> {
  /** The last report of a workspace that compiled: a half one would take findings for gone. */
  let known = first;
  let code = exitCode(first, flags.failOn);
  let hasFailed = first.failures.length > 0;
  for (;;) {
    progress.update({ what: `watching ${watch.folderCount()} folders` });
    if ((await watch.next(signal)).length === 0 || !isRead()) return code;
    let failures: readonly ToolFailure[];
    try {
      const { report, reused, places } = await judgePass(verb, flags, progress, signal);
      await watch.add(places.folders);
      failures = report.failures;
      code = exitCode(report, flags.failOn);
      if (failures.length === 0) {
        if (!reused || hasFailed) await emit({ event: 'changed', ...reportChanges(known, report) });
        known = report;
      }
    } catch (error) {
      if (!(error instanceof ToolchainFailure)) throw error;
      if (error.kind === 'interrupted') return code;
      failures = [error.toToolFailure()];
      code = 3;
    }
    if (failures.length > 0) await emit({ event: 'failed', failures });
    hasFailed = failures.length > 0;
  }
}

async function judgePass(
  verb: VerbName,
  flags: Flags,
  progress: Progress,
  signal: AbortSignal,
): Promise<Judged> {
  const result = await livePass(verb, flags, progress, null, signal);
  try {
    const areas = areasFor(verb, result.evidence);
    const { report } = await judgeCached(result, areas, progress, questionsFrom(flags));
    return {
      report: await withBaselineAndNotes(report, flags),
      places: await placesOf(result.evidence),
      reused: result.reused,
    };
  } finally {
    await result.close();
  }
}

/** The folders of the workspace and of the packages that are on this disk, and the target directory. */
async function placesOf(evidence: EvidenceSource): Promise<Places> {
  const metadata = (await evidence.readPart('cargo-metadata.json')) ?? '';
  const workspace = parseCargoMetadata(metadata).value;
  if (workspace === null) return { folders: [evidence.header.root], ignored: [] };
  const folders = workspace.packages
    .filter(({ source }) => source === null)
    .map(({ manifestPath }) => dirname(manifestPath));
  return { folders: [workspace.root, ...folders], ignored: [workspace.targetDirectory] };
}

async function emit(event: WatchEvent): Promise<void> {
  await printOutput(renderWatchEvent(event));
}

function isRead(): boolean {
  return process.stdout.writable;
}
