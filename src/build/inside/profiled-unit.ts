/**
 * The evidence part `inside/<unit key>.json`: what is kept of one rustc call's self-profile and of what it instantiated.
 * Hundreds of megabytes of events are some tens of kilobytes of sums.
 */
import {
  asIndex,
  asList,
  asNumber,
  asObject,
  asString,
  type JsonObject,
  parseJsonObject,
} from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { Activity, ArgumentTotal, MonoItem, SelfProfile } from '#model/self-profile.ts';

// Raise it when what is kept, or how it is summed up, changes.
export const insideVersion = '1';

export interface InsidePart {
  /** Null where no profile could be read. */
  readonly profile: SelfProfile | null;
  readonly monoItems: readonly MonoItem[];
  readonly problems: readonly Problem[];
}

export function insideText(part: InsidePart): string {
  return JSON.stringify({ schema: `assay-inside/${insideVersion}`, ...part });
}

/** What is not understood of it is left out with a problem. */
export function parseInside(text: string): Parsed<InsidePart> {
  const json = parseJsonObject(text);
  if (json === null || json.schema !== `assay-inside/${insideVersion}`) {
    const problems = [{ what: 'no summary of a self-profile of this version' }];
    return { value: { profile: null, monoItems: [], problems: [] }, problems };
  }
  const profile = asObject(json.profile);
  return {
    value: {
      profile: profile === null ? null : profileOf(profile),
      monoItems: objects(json.monoItems).map(item => ({
        name: asString(item.name) ?? '',
        instantiations: numberOf(item.instantiations),
        sizeEstimate: numberOf(item.sizeEstimate),
        totalEstimate: numberOf(item.totalEstimate),
      })),
      problems: objects(json.problems).map(problem => ({ what: asString(problem.what) ?? '' })),
    },
    problems: [],
  };
}

function profileOf(json: JsonObject): SelfProfile {
  return {
    crateName: asString(json.crateName),
    processId: asIndex(json.processId),
    startedAtMs: asNumber(json.startedAtMs),
    counter: asString(json.counter) ?? 'wall-time',
    formatVersion: numberOf(json.formatVersion),
    eventCount: numberOf(json.eventCount),
    threadCount: numberOf(json.threadCount),
    threadSpanNs: numberOf(json.threadSpanNs),
    activities: objects(json.activities).map(
      (activity): Activity => ({
        label: asString(activity.label) ?? '',
        selfNs: numberOf(activity.selfNs),
        inclusiveNs: numberOf(activity.inclusiveNs),
        cacheHits: numberOf(activity.cacheHits),
        kinds: objects(activity.kinds).map(kind => ({
          kind: asString(kind.kind) ?? '',
          count: numberOf(kind.count),
          selfNs: numberOf(kind.selfNs),
          totalNs: numberOf(kind.totalNs),
        })),
      }),
    ),
    artifacts: objects(json.artifacts).map(({ label, size }) => ({
      label: asString(label) ?? '',
      size: numberOf(size),
    })),
    arguments: objects(json.arguments).map(
      (total): ArgumentTotal => ({
        label: asString(total.label) ?? '',
        argument: asString(total.argument) ?? '',
        count: numberOf(total.count),
        selfNs: numberOf(total.selfNs),
        totalNs: numberOf(total.totalNs),
      }),
    ),
  };
}

function objects(value: unknown): JsonObject[] {
  return asList(value)
    .map(asObject)
    .filter(item => item !== null);
}

function numberOf(value: unknown): number {
  return asNumber(value) ?? 0;
}
