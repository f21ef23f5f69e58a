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

/** A check has no codegen: what was recorded by one says nothing of a build. */
export function areasFor(verb: VerbName, evidence: EvidenceSource): readonly Area[] {
  const areas = areasOf(verb);
  return evidence.header.pass === 'check' ? areas.filter(area => area !== 'build') : areas;
}

/** A site that must be audited is listed too. */
export function auditFrom(flags: Flags): Audited | undefined {
  if (flags.requireAudited) return 'required';
  return flags.audit ? 'listed' : undefined;
}
