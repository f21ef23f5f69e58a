/**
 * The second reading: events to sums. Self time needs to know what ran inside of what. rustc writes an interval when it
 * ends, so those that lie within it stand before it: each thread has a stack of intervals that nothing claimed yet, and
 * an interval claims from its top those that lie within itself. measureme's `summarize` walks backwards from parents to
 * children and finds the same pairs: it drops a parent for good at the first interval that does not lie within.
 */
import type { Problem } from '#base/parsed.ts';
import type { EventNames } from './event-names.ts';
import { readEvents } from './events.ts';
import { instantMark, integerMark, type Layout } from './layout.ts';
import { type IntervalStack, type LabelStack, noteInclusive, openThread, pushInterval } from './nesting.ts';
import type { StreamBytes } from './pages.ts';

/** Sums of one label and kind, by the key of its label and the string id of its kind. */
export interface EventCell {
  readonly key: number;
  readonly kindId: number;
  /** Intervals, and their time. */
  intervals: number;
  totalNs: number;
  selfNs: number;
  instants: number;
  /** Events that carry a number, and the sum of the numbers. */
  integers: number;
  integerSum: number;
}

export interface ArgumentCell {
  readonly key: number;
  /** Address of the argument's text. */
  readonly argument: number;
  count: number;
  totalNs: number;
  selfNs: number;
}

export interface EventTotals {
  readonly eventCount: number;
  readonly threadCount: number;
  readonly threadSpanNs: number;
  readonly cells: readonly EventCell[];
  readonly arguments: readonly ArgumentCell[];
  /** By the key of the label. */
  readonly inclusiveNs: readonly number[];
  readonly problems: readonly Problem[];
}

export interface EventReader {
  begin(layout: Layout): void;
  readonly events: StreamBytes;
  end(): EventTotals;
}

interface Thread {
  readonly open: IntervalStack;
  readonly labels: LabelStack[];
  firstNs: number;
  lastNs: number;
}

export function sumEvents(names: EventNames): EventReader {
  const reader = readEvents(addEvent);
  let eventCount = 0;
  let backwards = 0;
  const cells: EventCell[] = [];
  const cellsOfKind = new Map<number, EventCell[]>();
  const argumentCells = new Map<number, Map<number, ArgumentCell>>();
  const threads = new Map<number, Thread>();
  const inclusiveNs: number[] = [];
  let lastKindId = -1;
  let lastKind: EventCell[] = [];
  let lastThreadId = -1;
  let lastThread: Thread | undefined;

  return { begin: reader.begin, events: reader.events, end };

  function addEvent(kindId: number, id: number, threadId: number, first: number, second: number): void {
    eventCount++;
    const cell = cellOf(kindId, names.keyOf(id));
    if (second === integerMark) {
      cell.integers++;
      cell.integerSum += first;
    } else if (second === instantMark) {
      cell.instants++;
    } else {
      addInterval(cell, id, threadId, first, second);
    }
  }

  function addInterval(cell: EventCell, id: number, threadId: number, startNs: number, endNs: number): void {
    if (endNs < startNs) {
      backwards++;
      return;
    }
    const thread = threadOf(threadId);
    if (startNs < thread.firstNs) thread.firstNs = startNs;
    if (endNs > thread.lastNs) thread.lastNs = endNs;
    const durationNs = endNs - startNs;
    const selfNs = durationNs - pushInterval(thread.open, startNs, endNs);
    cell.intervals++;
    cell.totalNs += durationNs;
    cell.selfNs += selfNs;
    const { key } = cell;
    inclusiveNs[key] =
      (inclusiveNs[key] ?? 0) + noteInclusive(thread.labels, key, thread.open, startNs, endNs);
    const argument = names.argumentOf(id);
    if (argument === -1) return;
    const argumentCell = argumentCellOf(key, argument);
    argumentCell.count++;
    argumentCell.totalNs += durationNs;
    argumentCell.selfNs += selfNs;
  }

  function cellOf(kindId: number, key: number): EventCell {
    if (kindId !== lastKindId || Number.isNaN(kindId)) {
      lastKindId = kindId;
      const known = cellsOfKind.get(kindId);
      lastKind = known ?? [];
      if (known === undefined) cellsOfKind.set(kindId, lastKind);
    }
    const known = lastKind[key];
    if (known !== undefined) return known;
    const cell: EventCell = {
      key,
      kindId,
      intervals: 0,
      totalNs: 0,
      selfNs: 0,
      instants: 0,
      integers: 0,
      integerSum: 0,
    };
    lastKind[key] = cell;
    cells.push(cell);
    return cell;
  }

  function argumentCellOf(key: number, argument: number): ArgumentCell {
    let ofKey = argumentCells.get(key);
    if (ofKey === undefined) {
      ofKey = new Map();
      argumentCells.set(key, ofKey);
    }
    let cell = ofKey.get(argument);
    if (cell === undefined) {
      cell = { key, argument, count: 0, totalNs: 0, selfNs: 0 };
      ofKey.set(argument, cell);
    }
    return cell;
  }

  function threadOf(id: number): Thread {
    if (id === lastThreadId && lastThread !== undefined) return lastThread;
    let thread = threads.get(id);
    if (thread === undefined) {
      thread = { open: openThread(), labels: [], firstNs: Number.POSITIVE_INFINITY, lastNs: 0 };
      threads.set(id, thread);
    }
    lastThreadId = id;
    lastThread = thread;
    return thread;
  }

  function end(): EventTotals {
    const problems: Problem[] = [];
    if (reader.leftOver() > 0) problems.push({ what: 'the events end within an event' });
    if (backwards > 0) problems.push({ what: `${backwards} events end before they begin` });
    let threadSpanNs = 0;
    for (const { firstNs, lastNs } of threads.values()) threadSpanNs += lastNs - firstNs;
    return {
      eventCount,
      threadCount: threads.size,
      threadSpanNs,
      cells,
      arguments: [...argumentCells.values()].flatMap(ofKey => [...ofKey.values()]),
      inclusiveNs,
      problems,
    };
  }
}
