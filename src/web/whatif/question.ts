/** What the controls ask, in the words of `--what-if`: the same text gives the same answer on the command line. */

export interface Choices {
  /** Cores, and as many jobs; null: as measured. */
  readonly cores: number | null;
  readonly toggles: ReadonlySet<Toggle>;
  /** Further changes as they were typed. */
  readonly more: string;
}

export const toggles = ['no-build-scripts', 'no-codegen', 'no-link', 'critical-path-first'] as const;
export type Toggle = (typeof toggles)[number];

export const toggleLabels: Readonly<Record<Toggle, string>> = {
  'no-build-scripts': 'no build scripts',
  'no-codegen': 'code generation takes no time',
  'no-link': 'linking takes no time',
  'critical-path-first': 'cargo starts the critical path first',
};

export const asMeasured: Choices = { cores: null, toggles: new Set(), more: '' };

/** Empty where nothing is changed. */
export function questionOf({ cores, toggles: chosen, more }: Choices): string {
  return [
    ...(more.trim() === '' ? [] : [more.trim()]),
    ...(cores === null ? [] : [`cores=${Number.isFinite(cores) ? cores : 'unlimited'}`]),
    ...toggles.filter(toggle => chosen.has(toggle)),
  ].join(' + ');
}

/** As one would type it into a shell. */
export function commandOf(question: string): string {
  return `cargo assay build --what-if '${question.replaceAll("'", "'\\''")}'`;
}

/** Positions of the cores control: 1, 2, … and behind the last number as many as one likes. */
export function coresMost(cores: number): number {
  return Math.max(16, 4 * cores);
}

/** Null, as measured, at the measured number, where the build had a job for each core. */
export function coresAt(
  position: number,
  { cores, slots }: { readonly cores: number; readonly slots: number },
): number | null {
  if (position === cores && slots === cores) return null;
  return position > coresMost(cores) ? Number.POSITIVE_INFINITY : position;
}
