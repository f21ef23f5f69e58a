/** Which intervals of a thread lie within which, in one pass over intervals in the order of their ends. */

/** Intervals that no later one claimed yet: side by side, earliest first. */
export interface IntervalStack {
  length: number;
  starts: Float64Array;
  ends: Float64Array;
}

export function openThread(): IntervalStack {
  return { length: 0, starts: new Float64Array(64), ends: new Float64Array(64) };
}

/** Adds an interval, which claims those on top that lie within it. Returns their summed length. */
export function pushInterval(stack: IntervalStack, start: number, end: number): number {
  let { length, starts, ends } = stack;
  let claimed = 0;
  while (length > 0 && starts[length - 1]! >= start && ends[length - 1]! <= end) {
    length--;
    claimed += ends[length]! - starts[length]!;
  }
  if (length === starts.length) {
    starts = stack.starts = grown(starts);
    ends = stack.ends = grown(ends);
  }
  starts[length] = start;
  ends[length] = end;
  stack.length = length + 1;
  return claimed;
}

/** Occurrences of one label on one thread that are inside of no other occurrence yet, earliest first. */
export interface LabelStack {
  length: number;
  starts: Float64Array;
  ends: Float64Array;
  /** Time of an entry: several occurrences may have been merged into one. */
  times: Float64Array;
  mergeAt: number;
}

/**
 * Notes an occurrence of a label, after it was pushed on the thread's stack. Returns by how much the label's inclusive
 * time grows: occurrences within this one were counted, and are part of it.
 */
export function noteInclusive(
  labels: LabelStack[],
  key: number,
  open: IntervalStack,
  start: number,
  end: number,
): number {
  let stack = labels[key];
  if (stack === undefined) {
    const make = () => new Float64Array(8);
    stack = { length: 0, starts: make(), ends: make(), times: make(), mergeAt: 64 };
    labels[key] = stack;
  }
  let grows = end - start;
  let { length } = stack;
  while (length > 0 && stack.starts[length - 1]! >= start && stack.ends[length - 1]! <= end) {
    length--;
    grows -= stack.times[length]!;
  }
  if (length >= stack.mergeAt) {
    length = mergeByClaimer(stack, length, open);
    stack.mergeAt = Math.max(64, 2 * length);
  }
  if (length === stack.starts.length) {
    stack.starts = grown(stack.starts);
    stack.ends = grown(stack.ends);
    stack.times = grown(stack.times);
  }
  stack.starts[length] = start;
  stack.ends[length] = end;
  stack.times[length] = end - start;
  stack.length = length + 1;
  return grows;
}

/**
 * Merges occurrences that lie within one interval of the thread's stack: what comes later holds all of them or none. So
 * the entries of a label are no more than twice the intervals that nothing claimed, however many occurrences there were.
 */
function mergeByClaimer(stack: LabelStack, length: number, open: IntervalStack): number {
  const { starts, ends, times } = stack;
  let kept = 0;
  let claimer = 0;
  let keptClaimer = -1;
  for (let index = 0; index < length; index++) {
    const start = starts[index]!;
    while (claimer + 1 < open.length && open.starts[claimer + 1]! <= start) claimer++;
    if (claimer === keptClaimer) {
      ends[kept - 1] = Math.max(ends[kept - 1]!, ends[index]!);
      times[kept - 1] = times[kept - 1]! + times[index]!;
      continue;
    }
    starts[kept] = start;
    ends[kept] = ends[index]!;
    times[kept] = times[index]!;
    keptClaimer = claimer;
    kept++;
  }
  return kept;
}

function grown(values: Float64Array): Float64Array {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
