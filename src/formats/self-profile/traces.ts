/**
 * A profile's intervals for other programs, as text in pieces:
 *
 * - Chrome's trace events (the "Trace Event Format" document; read by Perfetto and chrome://tracing): complete events in
 *   microseconds, one a line. Intervals may come in any order, so none is held.
 * - speedscope's own format (its file-format-schema.json): for each thread, frames opened and closed in the order of
 *   time. A profile has ends before begins, so 28 bytes or
 *   more are held for each interval of the profile.
 */

import { unnamedLabel } from '#model/self-profile.ts';
import { readNames } from './event-names.ts';
import { readEvents } from './events.ts';
import { firstRegularId, instantMark, integerMark, separator } from './layout.ts';
import { readPages } from './pages.ts';
import { type OpenProfile, readAll, readTextsOf } from './parse.ts';

/** Nothing where the profile is of no version that is known. Rejects only where `open` does. */
export async function* chromeTrace(open: OpenProfile, processName: string): AsyncGenerator<string> {
  const frames = await readFrames(open);
  if (frames === null) return;
  let pieces: string[] = [];
  const events = readEvents((kindId, id, threadId, first, second) => {
    if (second === integerMark) return;
    const head = `{"name":${frames.json(id)},"cat":${frames.kindJson(kindId)},"pid":1,"tid":${threadId},"ts":${first / 1000}`;
    if (second === instantMark) pieces.push(`${head},"ph":"i","s":"t"}`);
    else if (second >= first) pieces.push(`${head},"ph":"X","dur":${(second - first) / 1000}}`);
  });
  const named = { name: 'process_name', ph: 'M', pid: 1, args: { name: processName } };
  yield `{"traceEvents":[\n${JSON.stringify(named)}`;
  const pages = readPages(events);
  for await (const chunk of open()) {
    if (!pages.add(chunk)) break;
    if (pieces.length === 0) continue;
    yield `,\n${pieces.join(',\n')}`;
    pieces = [];
  }
  yield '\n],"displayTimeUnit":"ns"}\n';
}

/** Nothing where the profile is of no version that is known. Rejects only where `open` does. */
export async function* speedscope(open: OpenProfile, name: string): AsyncGenerator<string> {
  const frames = await readFrames(open);
  if (frames === null) return;
  const threads = new Map<number, HeldThread>();
  const events = readEvents((_, id, threadId, first, second) => {
    if (second === integerMark || second === instantMark || second < first) return;
    let thread = threads.get(threadId);
    if (thread === undefined) {
      thread = {
        length: 0,
        frames: new Uint32Array(64),
        starts: new Float64Array(64),
        ends: new Float64Array(64),
      };
      threads.set(threadId, thread);
    }
    hold(thread, frames.keyOf(id), first, second);
  });
  await readAll(open, events);
  const head = { $schema: 'https://www.speedscope.app/file-format-schema.json', exporter: 'Assay', name };
  yield `${JSON.stringify(head).slice(0, -1)},\n"shared":{"frames":[${frames.list().join(',')}]},\n"profiles":[`;
  let separatorText = '';
  for (const [threadId, thread] of [...threads].sort(([a], [b]) => a - b)) {
    yield separatorText;
    yield* evented(`thread ${threadId}`, thread);
    separatorText = ',\n';
  }
  yield ']}\n';
}

interface Frames {
  keyOf(id: number): number;
  /** The label of an event's id, as JSON. */
  json(id: number): string;
  kindJson(kindId: number): string;
  /** `{"name":…}` by key. */
  list(): readonly string[];
}

async function readFrames(open: OpenProfile): Promise<Frames | null> {
  let known = false;
  const names = readNames(new Set());
  await readAll(open, {
    begin(layout) {
      known = true;
      names.begin(layout);
    },
    stringData: names.stringData,
    stringIndex: names.stringIndex,
  });
  if (!known) return null;
  const { keyOf, labelAddresses } = names.end();
  const kindIds = new Set<number>();
  await readAll(
    open,
    readEvents((kindId, id) => {
      kindIds.add(kindId);
      keyOf(id);
    }),
  );
  const kindAddresses = [...kindIds].map(id => id - firstRegularId);
  const textOf = await readTextsOf(open, [...labelAddresses, ...kindAddresses]);
  const labels = labelAddresses.map(address =>
    JSON.stringify(textOf(address)?.split(separator, 1)[0] || unnamedLabel),
  );
  const kinds = new Map(
    [...kindIds].map(id => [id, JSON.stringify(textOf(id - firstRegularId) ?? unnamedLabel)]),
  );
  return {
    keyOf,
    json: id => labels[keyOf(id)]!,
    kindJson: kindId => kinds.get(kindId)!,
    list: () => labels.map(label => `{"name":${label}}`),
  };
}

/** Intervals in the order of their ends. */
interface HeldThread {
  length: number;
  frames: Uint32Array;
  starts: Float64Array;
  ends: Float64Array;
}

function hold(thread: HeldThread, frame: number, start: number, end: number): void {
  const { length } = thread;
  if (length === thread.frames.length) {
    const [frames, starts, ends] = [thread.frames, thread.starts, thread.ends];
    thread.frames = new Uint32Array(length * 2);
    thread.frames.set(frames);
    thread.starts = new Float64Array(length * 2);
    thread.starts.set(starts);
    thread.ends = new Float64Array(length * 2);
    thread.ends.set(ends);
  }
  thread.frames[length] = frame;
  thread.starts[length] = start;
  thread.ends[length] = end;
  thread.length = length + 1;
}

// Limit: events of one piece of text.
const eventsOfPiece = 4096;

function* evented(name: string, thread: HeldThread): Generator<string> {
  const { length, frames, starts, ends } = thread;
  const order = openedAndClosed(thread);
  let startValue = Number.POSITIVE_INFINITY;
  let endValue = 0;
  for (let index = 0; index < length; index++) {
    startValue = Math.min(startValue, starts[index]!);
    endValue = Math.max(endValue, ends[index]!);
  }
  const head = { type: 'evented', name, unit: 'nanoseconds', startValue, endValue };
  yield `${JSON.stringify(head).slice(0, -1)},"events":[`;
  // Where intervals overlap, which those of one thread should not, time stands still for a moment.
  let at = startValue;
  let pieces: string[] = [];
  for (let place = 0; place < order.length; place++) {
    const code = order[place]!;
    const opens = code > 0;
    const index = Math.abs(code) - 1;
    at = Math.max(at, opens ? starts[index]! : ends[index]!);
    pieces.push(`{"type":"${opens ? 'O' : 'C'}","frame":${frames[index]},"at":${at}}`);
    if (pieces.length < eventsOfPiece && place + 1 < order.length) continue;
    yield place + 1 < order.length ? `${pieces.join(',')},\n` : pieces.join(',');
    pieces = [];
  }
  yield ']}';
}

/**
 * The intervals' begins (index + 1) and ends (its negative), in the order of time. Made from the back: going backwards,
 * what an interval lies in comes before it, so that a stack as deep as the nesting is enough.
 */
function openedAndClosed({ length, starts, ends }: HeldThread): Int32Array {
  const order = new Int32Array(length * 2);
  let place = order.length;
  const open: number[] = [];
  for (let index = length - 1; index >= 0; index--) {
    for (;;) {
      const outer = open.at(-1);
      if (outer === undefined || (starts[outer]! <= starts[index]! && ends[index]! <= ends[outer]!)) break;
      open.pop();
      order[--place] = outer + 1;
    }
    order[--place] = -(index + 1);
    open.push(index);
  }
  for (let outer = open.pop(); outer !== undefined; outer = open.pop()) order[--place] = outer + 1;
  return order;
}
