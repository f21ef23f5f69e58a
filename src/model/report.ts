import type { BuildSection } from './build-report.ts';
import type { Finding } from './finding.ts';
import type { Excerpt } from './location.ts';
import type { Section } from './section.ts';
import type { TuneSection } from './tune.ts';

export type Area = 'build' | 'async' | 'certify' | 'embed';

/** What could not be seen. Unknown is counted and shown, never dropped. */
export interface Unknown {
  readonly area: Area | 'workspace';
  readonly what: string;
  readonly why: string;
  readonly count: number;
}

/** A tool that was run for this report. */
export interface ToolRun {
  readonly tool: string;
  readonly version: string;
  /** As a user would type it: no machine path inside the workspace, environment settings first where they matter. */
  readonly command: string;
  /** Wall time, rounded to milliseconds. */
  readonly seconds: number;
  readonly exitCode?: number;
}

/** `assay-report/1`. The published JSON Schema is schema/assay-report-1.json. */
export interface Report {
  readonly schema: 'assay-report/1';
  readonly assay: { readonly version: string };
  readonly workspace: {
    /** Always `.`: every path in a report is relative to the workspace root. */
    readonly root: string;
    /** `name version`, sorted. */
    readonly members: readonly string[];
    readonly rustc: string;
    readonly cargo: string;
    readonly host: string;
  };
  /** Sorted by severity, file, line, column, rule. Suppressed and baseline findings are here too, marked. */
  readonly findings: readonly Finding[];
  readonly build?: BuildSection;
  readonly tune?: TuneSection;
  readonly async?: Section;
  readonly certify?: Section;
  readonly embed?: Section;
  readonly unknowns: readonly Unknown[];
  /** Tools that failed, in their own words: rustc's errors are kept whole here. Non-empty means exit code 3. */
  readonly failures: readonly ToolFailure[];
  readonly provenance: readonly ToolRun[];
  /** Lines around every span of every finding, merged, sorted by file and line. */
  readonly excerpts: readonly Excerpt[];
  /** Facts about how the report came about that a reader must know, e.g. that recorded evidence was judged. */
  readonly notices: readonly string[];
}

export interface ToolFailure {
  readonly tool: string;
  /** One line: what failed. */
  readonly message: string;
  /** What the tool printed, whole. */
  readonly output: string;
}
