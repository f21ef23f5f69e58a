/**
 * What rustc's self-profiler (`-Zself-profile`) said of one rustc call, summed up. Times are nanoseconds of the profile's
 * clock, summed over all threads of the compiler; a double holds them exactly up to 104 days.
 */
export interface SelfProfile {
  /** rustc's crate name; null where the profile's command line has none. */
  readonly crateName: string | null;
  readonly processId: number | null;
  /** When the profile began, milliseconds since 1970. */
  readonly startedAtMs: number | null;
  /** What was counted: `wall-time`, or a hardware counter, whose units then stand where nanoseconds should. */
  readonly counter: string;
  /** Version of the file format. */
  readonly formatVersion: number;
  readonly eventCount: number;
  readonly threadCount: number;
  /** From the first start to the last end of each thread's intervals, summed over the threads. */
  readonly threadSpanNs: number;
  /** Sorted by self time, largest first; equal ones by label. */
  readonly activities: readonly Activity[];
  /** Sizes of what rustc made, by label (`object_file`, `linked_artifact`: bytes; `cgu_instructions`: a count), sorted by label. */
  readonly artifacts: readonly { readonly label: string; readonly size: number }[];
  /** Activities by their first argument, of the labels that the reader keeps them of; sorted by time, largest first. */
  readonly arguments: readonly ArgumentTotal[];
}

/** A query or another activity of rustc, by the profiler's label. */
export interface Activity {
  readonly label: string;
  /** Without the time of activities inside. */
  readonly selfNs: number;
  /** Time in which it ran or something inside of it did. Inside of itself it counts once. */
  readonly inclusiveNs: number;
  readonly cacheHits: number;
  /** One entry for each kind of event, in the order in which they were first seen. */
  readonly kinds: readonly ActivityKind[];
}

export interface ActivityKind {
  /** `Query`, `GenericActivity`, `IncrementalLoadResult`, `IncrementalResultHashing`, `QueryBlocked`, … */
  readonly kind: string;
  readonly count: number;
  readonly selfNs: number;
  /** The sum of all intervals; what is inside of itself counts again. */
  readonly totalNs: number;
}

export interface ArgumentTotal {
  readonly label: string;
  readonly argument: string;
  readonly count: number;
  readonly selfNs: number;
  readonly totalNs: number;
}

/** The kinds of events of rustc, as measureme's `rustc.rs` names them. */
export const eventKinds = {
  query: 'Query',
  activity: 'GenericActivity',
  cacheHit: 'QueryCacheHit',
  cacheHitCount: 'QueryCacheHitCount',
  blocked: 'QueryBlocked',
  load: 'IncrementalLoadResult',
  hashing: 'IncrementalResultHashing',
  artifactSize: 'ArtifactSize',
} as const;

/** What stands for an event whose id the profile does not explain. */
export const unnamedLabel = '<unknown>';

/** The sums that measureme's `summarize` prints for a label, by its definitions (analyzeme/src/analysis.rs, 12.0.3). */
export interface SummarizeTotals {
  readonly timeNs: number;
  readonly selfTimeNs: number;
  readonly cacheMisses: number;
  readonly cacheHits: number;
  readonly invocations: number;
  readonly blockedNs: number;
  readonly incrementalLoadNs: number;
  readonly incrementalHashingNs: number;
}

export function summarizeTotals(activity: Activity): SummarizeTotals {
  let timeNs = 0;
  let invocations = 0;
  let cacheMisses = 0;
  let blockedNs = 0;
  let incrementalLoadNs = 0;
  let incrementalHashingNs = 0;
  for (const { kind, count, selfNs, totalNs } of activity.kinds) {
    // Hashing happens within its query, whose time has it already.
    if (kind !== eventKinds.hashing) timeNs += totalNs;
    switch (kind) {
      case eventKinds.query:
      case eventKinds.activity:
        cacheMisses += count;
        invocations += count;
        break;
      case eventKinds.blocked:
        blockedNs += totalNs;
        break;
      case eventKinds.load:
        incrementalLoadNs += selfNs;
        break;
      case eventKinds.hashing:
        incrementalHashingNs += selfNs;
        break;
      default:
        invocations += count;
    }
  }
  const { selfNs: selfTimeNs, cacheHits } = activity;
  return {
    timeNs,
    selfTimeNs,
    cacheMisses,
    cacheHits,
    invocations,
    blockedNs,
    incrementalLoadNs,
    incrementalHashingNs,
  };
}

/** The profile of one unit of a build. */
export interface ProfiledUnit {
  /** As a reader names it: `serde 1.0.219 lib`. */
  readonly name: string;
  /** `serde 1.0.219`. */
  readonly package: string;
  readonly crateName: string;
  /** Empty where they were not recorded. */
  readonly monoItems: readonly MonoItem[];
  readonly profile: SelfProfile;
}

/** What one crate instantiated of one function, as `-Zdump-mono-stats` counts it. */
export interface MonoItem {
  /** Path of the generic function's definition; its first segment is the crate that defines it. */
  readonly name: string;
  readonly instantiations: number;
  /** rustc's estimate of one instance: about the number of its MIR statements. */
  readonly sizeEstimate: number;
  readonly totalEstimate: number;
}

/** What the macros of one crate expanded to (`-Zmacro-stats`), by macro: `foo!`, `#[derive(Debug)]`. */
export interface CrateMacros {
  readonly crateName: string;
  readonly macros: readonly MacroSize[];
}

export interface MacroSize {
  readonly name: string;
  readonly uses: number;
  readonly lines: number;
  readonly bytes: number;
}
