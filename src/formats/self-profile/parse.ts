/**
 * rustc's self-profile, `.mm_profdata` of versions 8 and 9 (seen: rustc 1.95), as `-Zself-profile` writes it; its layout
 * is in layout.ts. The sums are those of measureme's `summarize`, to the nanosecond.
 *
 * Names may stand behind the events that need them, and a profile of one large crate has hundreds of megabytes. So it is
 * read three times, and only sums are kept: which label each id has (event-names.ts), the events (event-totals.ts), and
 * the texts of the labels (string-texts.ts). What is held beside the sums are 2 bytes for each query that rustc ran, 6 for
 * each activity with arguments, and the intervals that lie side by side and that no longer one claimed yet.
 */
import { asNumber, asObject, asString, parseJsonObject } from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import { countText } from '#model/measure-text.ts';
import { type Activity, eventKinds, type SelfProfile, unnamedLabel } from '#model/self-profile.ts';
import { type EventNames, readNames, unnamedKey } from './event-names.ts';
import { type EventCell, type EventTotals, sumEvents } from './event-totals.ts';
import { firstRegularId, type Layout, separator } from './layout.ts';
import { readPages, type StreamSinks } from './pages.ts';
import { readTexts, referredAddresses, textAt, textRoundsMax } from './string-texts.ts';

/** The bytes of one profile in order, in chunks of any size; called once for each reading. */
export type OpenProfile = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Of these labels the first argument is kept, where the profile has arguments (`-Zself-profile-events=…,args`). */
export const labelsWithArguments: ReadonlySet<string> = new Set([
  // Which macro.
  'expand_proc_macro',
  'expand_derive_proc_macro_outer',
  // Which codegen unit.
  'codegen_module',
  'codegen_module_optimize',
  'codegen_module_perform_lto',
  'LLVM_module_codegen_emit_obj',
]);

/**
 * Null where it is no profile of a version that is known. A truncated profile is summed up as far as it goes, with a
 * problem. Rejects only where `open` does.
 */
export async function parseSelfProfile(open: OpenProfile): Promise<Parsed<SelfProfile | null>> {
  let layout: Layout | null = null;
  const names = readNames(labelsWithArguments);
  const pageProblems = await readAll(open, {
    begin(found) {
      layout = found;
      names.begin(found);
    },
    stringData: names.stringData,
    stringIndex: names.stringIndex,
  });
  if (layout === null) return { value: null, problems: pageProblems };
  const { version } = layout as Layout;
  const known = names.end();
  const reader = sumEvents(known);
  await readAll(open, reader);
  const totals = reader.end();
  const textOf = await readTextsOf(open, [
    known.metadataAddress,
    ...known.labelAddresses,
    ...new Set(totals.cells.map(({ kindId }) => kindId - firstRegularId)),
    ...totals.arguments.map(({ argument }) => argument),
  ]);
  const problems: Problem[] = [...pageProblems, ...known.problems, ...totals.problems];
  const metadata = readMetadata(textOf(known.metadataAddress), problems);
  const value = summaryOf(version, metadata, known, totals, textOf);
  const unnamed = value.activities.find(({ label }) => label === unnamedLabel);
  const unnamedEvents = (unnamed?.kinds ?? []).reduce((sum, { count }) => sum + count, 0);
  if (unnamedEvents > 0)
    problems.push({ what: `events whose id no name belongs to: ${countText(unnamedEvents)}` });
  return { value, problems };
}

export async function readAll(open: OpenProfile, sinks: StreamSinks): Promise<readonly Problem[]> {
  const pages = readPages(sinks);
  for await (const chunk of open()) if (!pages.add(chunk)) break;
  return pages.end();
}

export type TextOf = (address: number) => string | null;

/** The texts at addresses, and of what these refer to. */
export async function readTextsOf(open: OpenProfile, addresses: readonly number[]): Promise<TextOf> {
  const texts = new Map<number, readonly (string | number)[]>();
  let wanted = addresses;
  for (let round = 0; round <= textRoundsMax && wanted.length > 0; round++) {
    const reader = readTexts(wanted);
    await readAll(open, reader);
    if (reader.parts.size === 0) break;
    for (const [address, parts] of reader.parts) texts.set(address, parts);
    wanted = referredAddresses(texts);
  }
  return address => textAt(address, texts);
}

interface Metadata {
  readonly crateName: string | null;
  readonly processId: number | null;
  readonly startedAtMs: number | null;
  readonly counter: string;
}

function readMetadata(text: string | null, problems: Problem[]): Metadata {
  const json = text === null ? null : parseJsonObject(text);
  if (json === null) problems.push({ what: 'no metadata: rustc did not finish the profile' });
  const command = asString(json?.cmd) ?? '';
  const startedAtNs = asNumber(json?.start_time);
  // Profiles before measureme 11 have no counter; theirs was time.
  const counter = asString(asObject(json?.counter)?.name) ?? 'wall-time';
  return {
    crateName: /(?:^| )--crate-name[ =]([^ ]+)/.exec(command)?.[1] ?? null,
    processId: asNumber(json?.process_id),
    startedAtMs: startedAtNs === null ? null : Math.floor(startedAtNs / 1e6),
    counter,
  };
}

function summaryOf(
  formatVersion: number,
  metadata: Metadata,
  names: EventNames,
  totals: EventTotals,
  textOf: TextOf,
): SelfProfile {
  const labels = names.labelAddresses.map((address, key) => {
    const label = key === unnamedKey ? null : (textOf(address)?.split(separator, 1)[0] ?? null);
    return label === null || label === '' ? unnamedLabel : label;
  });
  const labelOf = (key: number): string => labels[key] ?? unnamedLabel;
  const kindOf = (id: number): string => textOf(id - firstRegularId) ?? unnamedLabel;
  const cellsByLabel = groupedBy(totals.cells, ({ key }) => labelOf(key));
  const inclusiveByLabel = new Map<string, number>();
  for (const [key, ns] of totals.inclusiveNs.entries())
    inclusiveByLabel.set(labelOf(key), (inclusiveByLabel.get(labelOf(key)) ?? 0) + (ns ?? 0));

  const activities: Activity[] = [];
  const artifacts: SelfProfile['artifacts'][number][] = [];
  for (const [label, cells] of cellsByLabel) {
    const activity = activityOf(label, cells, kindOf, inclusiveByLabel.get(label) ?? 0);
    if (activity.kinds.length > 0 || activity.cacheHits > 0) activities.push(activity);
    const sizes = cells.filter(cell => cell.integers > 0 && kindOf(cell.kindId) === eventKinds.artifactSize);
    if (sizes.length > 0) artifacts.push({ label, size: sum(sizes, cell => cell.integerSum) });
  }
  activities.sort((a, b) => b.selfNs - a.selfNs || compare(a.label, b.label));
  artifacts.sort((a, b) => compare(a.label, b.label));
  const byArgument = totals.arguments.map(({ key, argument, count, totalNs, selfNs }) => {
    return { label: labelOf(key), argument: textOf(argument) ?? unnamedLabel, count, totalNs, selfNs };
  });
  byArgument.sort(
    (a, b) => b.totalNs - a.totalNs || compare(a.label, b.label) || compare(a.argument, b.argument),
  );
  return {
    ...metadata,
    formatVersion,
    eventCount: totals.eventCount,
    threadCount: totals.threadCount,
    threadSpanNs: totals.threadSpanNs,
    activities,
    artifacts,
    arguments: byArgument,
  };
}

function activityOf(
  label: string,
  cells: readonly EventCell[],
  kindOf: (id: number) => string,
  inclusiveNs: number,
): Activity {
  const ofKind = (kind: string) => cells.filter(cell => kindOf(cell.kindId) === kind);
  // Since rustc 1.92 hits are counted by rustc itself; before it wrote an instant for each.
  const counted = ofKind(eventKinds.cacheHitCount).filter(({ integers }) => integers > 0);
  const cacheHits =
    counted.length > 0
      ? sum(counted, cell => cell.integerSum)
      : sum(ofKind(eventKinds.cacheHit), cell => cell.instants);
  const timed = cells.filter(({ intervals }) => intervals > 0);
  const kinds = [...groupedBy(timed, ({ kindId }) => kindOf(kindId))].map(([kind, same]) => ({
    kind,
    count: sum(same, cell => cell.intervals),
    selfNs: sum(same, cell => cell.selfNs),
    totalNs: sum(same, cell => cell.totalNs),
  }));
  return { label, selfNs: sum(timed, cell => cell.selfNs), inclusiveNs, cacheHits, kinds };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
