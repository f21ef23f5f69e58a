/**
 * What the tools said, before anything is concluded from it. Judging evidence is a pure function of it, so a recorded
 * file and the live workspace give the same report.
 *
 * An evidence set is a header and named text parts:
 *
 * - `cargo-metadata.json`            output of `cargo metadata --format-version 1`
 * - `unit-graph.json`                output of `cargo build --unit-graph`, where available
 * - `build-events.jsonl`             cargo's `-Zbuild-analysis` log, or
 * - `timings.html`                   cargo's `--timings` page, or
 * - `wrapper-events.jsonl`           the wrapper's own time stamps
 * - `script-events.jsonl`            what runs of build scripts cost, as far as they were seen
 * - `calibration.json`              how long Assay's own crate takes to compile alone and beside itself
 * - `plan-features=<list>.json`     `cargo build --unit-graph` with other features, where it was asked for
 * - `plan-command=<command>.json`    cargo's plan of another command (`check`, `test`, `build -p app`), with `--advise`
 * - `build-features=<list>.jsonl`   cargo's log of a build of what that plan has and the measured build has not
 * - `scenarios.jsonl`                builds from nothing, with nothing changed and after an edit, where they were asked for
 * - `proofs.jsonl`                   dependencies and features that the workspace compiles without, where it was asked for
 * - `changes.json`                   how often files were changed, by git, and which crates are compiled from them
 * - `messages.jsonl`                 `--message-format=json` of the last pass that compiled each unit
 * - `mir/<unit key>/<nnnn>.mir`      MIR dumps of one unit, concatenated, in chunks of whole files
 * - `type-sizes/<unit key>.txt`    `-Zprint-type-sizes` of one unit, only the sections of futures, where rustc can say it
 * - `dependency/<unit key>.json`     what was learned of a dependency's functions by reading its MIR (`--deep`)
 * - `inside/<unit key>.json`         sums of one rustc call's self-profile (`--inside`)
 * - `macro-stats.txt`                `-Zmacro-stats` of all crates (`--inside`)
 * - `source/<path in workspace>`     the sources of the members that the dumps name
 */
export interface EvidenceHeader {
  readonly schema: 'assay-evidence/1';
  /** Version of Assay that recorded it. */
  readonly assay: string;
  /** Absolute workspace root on the machine where it was recorded; the parts' absolute paths start with it. */
  readonly root: string;
  /** `rustc -vV` and `cargo -vV`, whole. */
  readonly rustcVersionVerbose: string;
  readonly cargoVersionVerbose: string;
  /** What was asked for: `check` yields facts; `build` yields facts and the timeline of a real build. */
  readonly pass: 'check' | 'build';
  readonly runs: readonly import('./report.ts').ToolRun[];
  /** The units that MIR was recorded for. */
  readonly mirUnits: readonly MirUnit[];
  /** Dependencies whose MIR was read, in `--deep`; absent otherwise. */
  readonly dependencies?: readonly DependencyUnit[];
  /** Units of which rustc's self-profile is kept, in `--inside`; absent otherwise. */
  readonly insideUnits?: readonly InsideUnit[];
  /** rustc, cargo or linker failures, in their words. */
  readonly failures: readonly import('./report.ts').ToolFailure[];
  /** CPU time of the pass (children's user + system), seconds; null where not known. */
  readonly cpuSeconds: number | null;
  /** Wall time of the cargo call, seconds. */
  readonly wallSeconds: number;
}

export interface MirUnit {
  /** File-name-safe and unique in the set. */
  readonly key: string;
  /** rustc's crate name (`-` is `_`). */
  readonly crateName: string;
  /** `name version`. */
  readonly package: string;
  /** `lib`, `bin`, `test`, … */
  readonly targetKind: string;
  readonly edition: string;
  readonly chunkCount: number;
  /** Dumps that rustc was asked for and that could not be read, with why. */
  readonly unreadable: readonly string[];
}

/** In `MirUnit.unreadable` of a unit that rustc compiles, and not when it is asked for all bodies. */
export const onlyFutures =
  'only futures: rustc ends with a cycle (E0391) when it is asked for all functions, because a static is named in its own initialiser';

/** A library of another package; what is known of it is the part `dependency/<key>.json`. */
export interface DependencyUnit {
  readonly key: string;
  readonly crateName: string;
  /** `name version`. */
  readonly package: string;
  /** Packages that depend on it directly, `name version`. */
  readonly dependents: readonly string[];
}

/** A unit whose rustc call was profiled; what is kept of it is the part `inside/<key>.json`. */
export interface InsideUnit {
  readonly key: string;
  readonly crateName: string;
  /** `name version`. */
  readonly package: string;
  /** `lib`, `bin`, `proc-macro`, `test`, … */
  readonly targetKind: string;
}

/** Where evidence is read from: the live workspace's own folder, or a recorded file. */
export interface EvidenceSource {
  readonly header: EvidenceHeader;
  /** Names of the parts, sorted. */
  readonly partNames: readonly string[];
  /** The text of a part; null when there is none of that name. */
  readPart(name: string): Promise<string | null>;
}
