import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../../tests/property-seed.ts';
import { parseSelfProfile } from './parse.ts';
import { profileWriter } from './write-profile.ts';

const fixture = join(import.meta.dirname, '../../../tests/fixtures/self-profile/tiny.mm_profdata.gz');
const real = new Uint8Array(gunzipSync(readFileSync(fixture)));

function* split(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    // A copy, so that nothing can be read beyond the chunk.
    yield bytes.slice(at, at + size);
    at += size;
  }
}

interface Interval {
  readonly label: string;
  readonly thread: number;
  readonly start: number;
  readonly end: number;
}

/** Intervals that nest or stand side by side, as a program that runs makes them, in the order of their ends. */
const nested: fc.Arbitrary<readonly Interval[]> = fc
  .array(
    fc.record({
      label: fc.constantFrom('a', 'b', 'c'),
      thread: fc.nat(1),
      opens: fc.boolean(),
      step: fc.nat(3),
    }),
    { maxLength: 60 },
  )
  .map(moves => {
    const done: Interval[] = [];
    const open: { label: string; start: number }[][] = [[], []];
    let now = 0;
    const close = (thread: number) => {
      const last = open[thread]!.pop();
      if (last !== undefined) done.push({ ...last, thread, end: now });
    };
    for (const { label, thread, opens, step } of moves) {
      now += step;
      if (opens) open[thread]!.push({ label, start: now });
      else close(thread);
    }
    for (const thread of [0, 1]) while (open[thread]!.length > 0) close(thread);
    return done;
  });

/** By looking at every pair. Of equal intervals the one that was written later is the outer. */
function bruteForce(intervals: readonly Interval[]): Record<string, { self: number; inclusive: number }> {
  const inside = (inner: number, outer: number) => {
    const [a, b] = [intervals[inner]!, intervals[outer]!];
    return outer > inner && a.thread === b.thread && b.start <= a.start && a.end <= b.end;
  };
  const totals: Record<string, { self: number; inclusive: number }> = {};
  for (const [index, { label, start, end }] of intervals.entries()) {
    const outer = intervals.map((_, other) => other).filter(other => inside(index, other));
    // The innermost of those around it was written first.
    const parent = outer[0];
    totals[label] ??= { self: 0, inclusive: 0 };
    totals[label].self += end - start;
    if (!outer.some(other => intervals[other]!.label === label)) totals[label].inclusive += end - start;
    if (parent === undefined) continue;
    const { label: parentLabel } = intervals[parent]!;
    totals[parentLabel] ??= { self: 0, inclusive: 0 };
    totals[parentLabel].self -= end - start;
  }
  return totals;
}

test('self and inclusive time are those of a look at every pair of intervals', async () => {
  await fc.assert(
    fc.asyncProperty(nested, fc.constantFrom(8 as const, 9 as const), async (intervals, version) => {
      const writer = profileWriter(version);
      for (const { label, thread, start, end } of intervals)
        writer.interval('Query', writer.text(label), thread, start, end);
      const { value } = await parseSelfProfile(() => [writer.bytes(64)]);
      const totals = Object.fromEntries(
        value!.activities.map(({ label, selfNs, inclusiveNs }) => [
          label,
          { self: selfNs, inclusive: inclusiveNs },
        ]),
      );
      expect(totals).toEqual(bruteForce(intervals));
    }),
  );
});

test('many siblings of one label, whose entries are merged, are counted right', async () => {
  const writer = profileWriter();
  const outer = writer.text('outer');
  const leaf = writer.text('leaf');
  let now = 0;
  for (let group = 0; group < 50; group++) {
    const start = now;
    for (let one = 0; one < 20; one++) {
      writer.interval('Query', leaf, 0, now, now + 3);
      now += 5;
    }
    writer.interval('Query', outer, 0, start, now);
  }
  writer.interval('Query', leaf, 0, 0, now + 1);
  const { value } = await parseSelfProfile(() => [writer.bytes()]);
  const inclusive = Object.fromEntries(
    value!.activities.map(({ label, inclusiveNs }) => [label, inclusiveNs]),
  );
  expect(inclusive).toEqual({ leaf: now + 1, outer: now });
});

test('how the bytes are cut into chunks and pages does not matter', async () => {
  const expected = await parseSelfProfile(() => [real]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 }),
      async sizes => {
        expect(await parseSelfProfile(() => split(real, sizes))).toEqual(expected);
      },
    ),
    { numRuns: 12 },
  );
  const writer = profileWriter();
  for (let at = 0; at < 40; at++)
    writer.interval('GenericActivity', writer.composed('codegen_module', `cgu.${at % 3}`), 0, at, at + 1);
  const whole = await parseSelfProfile(() => [writer.bytes()]);
  for (const pageBytes of [8, 9, 33, 100])
    for (const chunkBytes of [1, 2, 7, 31])
      expect(await parseSelfProfile(() => split(writer.bytes(pageBytes), [chunkBytes]))).toEqual(whole);
});

test('a profile that was cut anywhere is summed up with a problem, and never throws', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(real.length - 1), async length => {
      const { problems } = await parseSelfProfile(() => [real.subarray(0, length)]);
      expect(problems).not.toEqual([]);
    }),
    { numRuns: 100 },
  );
  for (const length of pageStarts(real)) {
    const { problems } = await parseSelfProfile(() => [real.subarray(0, length)]);
    expect(problems, `the first ${length} bytes`).not.toEqual([]);
  }
});

/** Where a cut leaves no page half. */
function pageStarts(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const starts: number[] = [];
  for (let at = 8; at < bytes.length; at += 5 + view.getUint32(at + 1, true)) starts.push(at);
  return starts;
}

test('bytes that were changed never make it throw', async () => {
  const small = () => {
    const writer = profileWriter();
    writer.interval('Query', 3, 0, 60, 65);
    writer.map(3, writer.composed('type_of', 'demo::Shop'));
    writer.interval('GenericActivity', writer.composed('codegen_module', 'cgu.0', '12'), 0, 0, 100);
    return writer.bytes();
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(small().length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      async changes => {
        const bytes = small();
        for (const [at, value] of changes) bytes[at] = value;
        await parseSelfProfile(() => [bytes]);
      },
    ),
    { numRuns: 500 },
  );
});
