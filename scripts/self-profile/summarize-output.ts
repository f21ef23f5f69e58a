/** What `summarize summarize --json` of measureme 12 writes, held against Assay's sums of the same profile. */
import { type SelfProfile, summarizeTotals } from '#model/self-profile.ts';

interface Duration {
  readonly secs: number;
  readonly nanos: number;
}

export interface SummarizeOutput {
  readonly query_data: readonly {
    readonly label: string;
    readonly time: Duration;
    readonly self_time: Duration;
    readonly number_of_cache_misses: number;
    readonly number_of_cache_hits: number;
    readonly invocation_count: number;
    readonly blocked_time: Duration;
    readonly incremental_load_time: Duration;
    readonly incremental_hashing_time: Duration;
  }[];
  readonly artifact_sizes: readonly { readonly label: string; readonly value: number }[];
  readonly total_time: Duration;
}

/** Each difference as a line; empty where all sums are equal. Labels that only one of both has are differences. */
export function differences(profile: SelfProfile, output: SummarizeOutput): string[] {
  const ours = new Map<string, number>();
  for (const activity of profile.activities) {
    for (const [name, value] of Object.entries(summarizeTotals(activity)))
      ours.set(`${activity.label} ${name}`, value);
  }
  for (const { label, size } of profile.artifacts) ours.set(`${label} size`, size);
  ours.set('all threads', profile.threadSpanNs);

  const theirs = new Map<string, number>();
  for (const data of output.query_data) {
    const put = (name: string, value: number) => theirs.set(`${data.label} ${name}`, value);
    put('timeNs', nanoseconds(data.time));
    put('selfTimeNs', nanoseconds(data.self_time));
    put('cacheMisses', data.number_of_cache_misses);
    put('cacheHits', data.number_of_cache_hits);
    put('invocations', data.invocation_count);
    put('blockedNs', nanoseconds(data.blocked_time));
    put('incrementalLoadNs', nanoseconds(data.incremental_load_time));
    put('incrementalHashingNs', nanoseconds(data.incremental_hashing_time));
  }
  for (const { label, value } of output.artifact_sizes) theirs.set(`${label} size`, value);
  theirs.set('all threads', nanoseconds(output.total_time));

  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter(name => ours.get(name) !== theirs.get(name))
    .map(name => `${name}: ${ours.get(name) ?? 'absent'} here, ${theirs.get(name) ?? 'absent'} there`);
}

function nanoseconds({ secs, nanos }: Duration): number {
  return secs * 1_000_000_000 + nanos;
}
