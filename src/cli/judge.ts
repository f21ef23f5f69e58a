import { judgeAsync } from '#async/judge.ts';
import type { Problem } from '#base/parsed.ts';
import { gatherBuildEvidence } from '#build/gather.ts';
import { judgeBuild } from '#build/judge.ts';
import { parseCargoMetadata } from '#formats/cargo-metadata/parse.ts';
import type { AreaResult } from '#model/area-result.ts';
import { type EvidenceSource, onlyFutures } from '#model/evidence.ts';
import type { Area, Report, ToolFailure, Unknown } from '#model/report.ts';
import type { Workspace } from '#model/workspace.ts';
import { assembleReport } from '#report/assemble-report.ts';
import type { Questions } from './areas.ts';
import { UsageError } from './flags.ts';
import type { Progress } from './progress.ts';
import { readSources } from './read-sources.ts';
import { version } from './version.ts';

/**
 * Evidence to report: a pure function of the evidence and the areas, whether it was recorded just now or last year.
 * `problems` are those that opening the evidence had.
 */
export async function judge(
  evidence: EvidenceSource,
  areas: readonly Area[],
  progress: Progress,
  problems: readonly Problem[],
  questions: Questions = { whatIf: [], advise: false },
): Promise<Report> {
  progress.update({ what: 'judging' });
  const sources = await readSources(evidence);
  const textByFile = new Map(sources.map(source => [source.file, source.text]));
  const readSource = (file: string): string | null => textByFile.get(file) ?? null;
  const { header } = evidence;

  const areaResults: Partial<Record<Area, AreaResult>> = {};
  let workspace: Workspace | null = null;
  if (areas.includes('build')) {
    const build = await gatherBuildEvidence(evidence);
    workspace = build.workspace;
    const { wrong, ...result } = judgeBuild(build, questions);
    if (wrong.length > 0) throw new UsageError(wrong.join('; '));
    areaResults.build = result;
  }
  if (areas.includes('async')) {
    areaResults.async = await judgeAsync({
      evidence,
      readSource,
      sources,
      workspaceRoot: header.root,
      ...(questions.audit === undefined ? {} : { audit: questions.audit }),
    });
  }
  workspace ??= parseCargoMetadata((await evidence.readPart('cargo-metadata.json')) ?? '').value;

  return assembleReport({
    assayVersion: version,
    workspace: {
      members: membersOf(workspace),
      rustc: versionWord(header.rustcVersionVerbose, 'release'),
      cargo: versionWord(header.cargoVersionVerbose, 'release'),
      host: versionWord(header.rustcVersionVerbose, 'host'),
    },
    areaResults,
    unknowns: unknownsOf(evidence),
    failures: [...header.failures, ...damageOf(problems)],
    provenance: header.runs,
    notices: [],
    readSource,
  });
}

export function membersOf(workspace: Workspace | null): string[] {
  if (workspace === null) return [];
  const members = new Set(workspace.memberIds);
  return workspace.packages
    .filter(krate => members.has(krate.id))
    .map(krate => `${krate.name} ${krate.version}`);
}

export function versionWord(verbose: string, key: string): string {
  return new RegExp(`^${key}: (.*)$`, 'm').exec(verbose)?.[1]?.trim() ?? 'unknown';
}

/** A damaged file is judged as far as it goes, but such a report must not pass for a whole one. */
function damageOf(problems: readonly Problem[]): ToolFailure[] {
  if (problems.length === 0) return [];
  const lines = problems.map(({ input, what }) => (input === undefined ? what : `${input}: ${what}`));
  return [{ tool: 'assay', message: 'the recorded evidence is damaged', output: lines.join('\n') }];
}

function unknownsOf(evidence: EvidenceSource): Unknown[] {
  const unknowns: Unknown[] = [];
  for (const { package: named, targetKind, crateName, unreadable } of evidence.header.mirUnits) {
    const unit = `${named} (${targetKind} ${crateName})`;
    const unread = unreadable.filter(why => why !== onlyFutures).length;
    if (unread > 0)
      unknowns.push({
        area: 'async',
        what: `functions of ${unit}`,
        why: 'their dumps could not be read',
        count: unread,
      });
    if (unread < unreadable.length)
      unknowns.push({
        area: 'async',
        what: `crate of which only futures were seen: ${unit}`,
        why: 'rustc ends with a cycle (E0391) when it is asked for all functions: a static is named in its own initialiser',
        count: 1,
      });
  }
  return unknowns;
}
