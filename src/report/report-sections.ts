import type { Area, Report } from '#model/report.ts';
import type { Section } from '#model/section.ts';

/** The areas in the order in which every format shows them. */
export const areas: readonly Area[] = ['build', 'async', 'certify', 'embed'];

/** The sections that a report has, in that order. */
export function sectionsOf(report: Report): readonly Section[] {
  return [...(report.tune === undefined ? [] : [report.tune]), ...areas.flatMap(area => report[area] ?? [])];
}
