import type { Audited } from '#async/gather.ts';
import type { EvidenceSource } from '#model/evidence.ts';
import type { Area } from '#model/report.ts';
import type { Flags } from './flags.ts';
import type { VerbName } from './verbs.ts';

const everyArea: readonly Area[] = ['async', 'build'];
const areasOfVerb: Record<string, readonly Area[]> = {
  all: everyArea,
  async: ['async'],
  build: ['build'],
};

export function areasOf(verb: VerbName): readonly Area[] {
  return areasOfVerb[verb] ?? everyArea;
}

/** Whether the verb judges async code; `collect` judges nothing. */
export function looksAtAsync(verb: VerbName): boolean {
  return areasOfVerb[verb]?.includes('async') === true;
}

export function looksAtBuild(verb: VerbName): boolean {
  return areasOfVerb[verb]?.includes('build') === true;
}

/** A check has no codegen: what was recorded by one says nothing of a build. */
export function areasFor(verb: VerbName, evidence: EvidenceSource): readonly Area[] {
  const areas = areasOf(verb);
  return evidence.header.pass === 'check' ? areas.filter(area => area !== 'build') : areas;
}

/** What is asked of an area besides what it always says. */
export interface Questions {
  readonly audit?: Audited;
  /** As they are written after `--what-if`. */
  readonly whatIf: readonly string[];
  readonly advise: boolean;
}

export function questionsFrom(flags: Flags): Questions {
  const { whatIf, advise } = flags;
  // A site that must be audited is listed too.
  const audit = flags.requireAudited ? 'required' : flags.audit ? 'listed' : undefined;
  return { ...(audit === undefined ? {} : { audit }), whatIf, advise };
}
