import type { Problem } from '#base/parsed.ts';
import type { Finding } from './finding.ts';
import type { Unknown } from './report.ts';
import type { Section } from './section.ts';

/** What an area hands to the report. */
export interface AreaResult {
  readonly section: Section;
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
  /** Parts of the evidence that could not be used; the CLI counts them as unknowns. */
  readonly problems: readonly Problem[];
}
