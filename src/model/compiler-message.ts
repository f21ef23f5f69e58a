import type { Target } from './workspace.ts';

/** What cargo printed with `--message-format=json`, in its order. */
export interface CompilerMessages {
  readonly artifacts: readonly Artifact[];
  readonly diagnostics: readonly Diagnostic[];
  readonly buildScriptRuns: readonly BuildScriptRun[];
  /** Null where cargo did not get to say it. */
  readonly succeeded: boolean | null;
}

/** A target that is there now: compiled in this run, or fresh. */
export interface Artifact {
  readonly packageId: string;
  readonly target: Target;
  readonly profile: ArtifactProfile;
  readonly features: readonly string[];
  /** Absolute. */
  readonly filenames: readonly string[];
  /** Absolute; null for libraries. */
  readonly executable: string | null;
  /** True: nothing had to be done. */
  readonly fresh: boolean;
}

export interface ArtifactProfile {
  readonly optLevel: string;
  /** `0`, `1`, `2`, `line-tables-only`, …; null where not said. */
  readonly debuginfo: string | null;
  readonly debugAssertions: boolean;
  readonly overflowChecks: boolean;
  /** Compiled with the test harness. */
  readonly test: boolean;
}

/** One diagnostic of rustc (or clippy). */
export interface Diagnostic {
  readonly packageId: string;
  readonly target: Target;
  /** `error`, `warning`, `note`, `help`, `failure-note`, `error: internal compiler error`. */
  readonly level: string;
  readonly message: string;
  /** `E0382`, `unused_variables`, `clippy::needless_return`; null for summaries such as "1 warning emitted". */
  readonly code: string | null;
  /** The whole diagnostic as rustc prints it; may hold ANSI colours. */
  readonly rendered: string | null;
  readonly spans: readonly DiagnosticSpan[];
  /** Notes and help lines below it. */
  readonly children: readonly { readonly level: string; readonly message: string }[];
}

/** Lines and columns are 1-based, columns count characters, `endColumn` is exclusive. */
export interface DiagnosticSpan {
  /** As rustc was given it: relative to the workspace root for members. */
  readonly file: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly primary: boolean;
  readonly label: string | null;
}

export interface BuildScriptRun {
  readonly packageId: string;
  /** Absolute. */
  readonly outDir: string;
  readonly cfgs: readonly string[];
  readonly linkedLibraries: readonly string[];
  readonly linkedPaths: readonly string[];
}
