import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimelineBar } from '#model/section.ts';
import { barAt, barsWithin, packLanes } from './lanes.ts';

function bar(id: number, startSeconds: number, endSeconds: number): TimelineBar {
  return {
    id,
    label: String.fromCharCode(97 + (id % 26)),
    detail: 'lib',
    startSeconds,
    endSeconds,
    segments: [],
    critical: false,
    member: false,
    features: [],
    waitedFor: [],
  };
}

/** One row per lane, one character per second. */
function drawn(bars: readonly TimelineBar[]): string {
  return packLanes(bars)
    .lanes.map(lane => {
      let row = '';
      for (const index of lane) {
        const { label, startSeconds, endSeconds } = bars[index]!;
        row = row.padEnd(startSeconds, '.') + label.repeat(endSeconds - startSeconds);
      }
      return row;
    })
    .join('\n');
}

test('each bar takes the first free lane', () => {
  expect(
    drawn([bar(0, 0, 3), bar(1, 0, 5), bar(2, 1, 2), bar(3, 3, 9), bar(4, 2, 4), bar(5, 5, 6)]),
  ).toMatchInlineSnapshot(`
    "aaadddddd
    bbbbbf
    .cee"
  `);
});

const builds = fc
  .array(fc.tuple(fc.nat(1000), fc.nat(60)), { maxLength: 80 })
  .map(pairs => pairs.map(([start, length], id) => bar(id, start / 10, (start + length) / 10)));

test('bars of one lane never overlap, and every bar has one lane', () => {
  fc.assert(
    fc.property(builds, bars => {
      const { lanes, laneOf } = packLanes(bars);
      for (const [number, lane] of lanes.entries()) {
        for (const [position, index] of lane.entries()) {
          expect(laneOf[index]).toBe(number);
          const before = bars[lane[position - 1] ?? -1];
          if (before !== undefined) expect(before.endSeconds).toBeLessThanOrEqual(bars[index]!.startSeconds);
        }
      }
      expect(lanes.flat().sort((a, b) => a - b)).toEqual(bars.map((_, index) => index));
    }),
  );
});

test('there are no more lanes than bars at the busiest moment', () => {
  fc.assert(
    fc.property(builds, bars => {
      const lasting = bars.filter(one => one.endSeconds > one.startSeconds);
      const busiest = Math.max(
        0,
        ...lasting.map(
          one =>
            lasting.filter(
              other => other.startSeconds <= one.startSeconds && one.startSeconds < other.endSeconds,
            ).length,
        ),
      );
      expect(packLanes(lasting).lanes.length).toBe(busiest);
    }),
  );
});

test('the bars within a span are those that a look at each would find', () => {
  fc.assert(
    fc.property(builds, fc.nat(100), fc.nat(30), (bars, start, length) => {
      for (const lane of packLanes(bars).lanes) {
        const { from, to } = barsWithin(bars, lane, start, start + length);
        const seen = lane.filter(
          index => bars[index]!.endSeconds >= start && bars[index]!.startSeconds <= start + length,
        );
        expect(lane.slice(from, to)).toEqual(seen);
      }
    }),
  );
});

test('a point finds the bar under it, or a sliver close by', () => {
  const bars = [bar(0, 0, 3), bar(1, 5, 5), bar(2, 8, 9)];
  const [lane] = packLanes(bars).lanes;
  expect(barAt(bars, lane, 2, 0)).toBe(0);
  expect(barAt(bars, lane, 4, 0.5)).toBe(null);
  expect(barAt(bars, lane, 5.2, 0.5)).toBe(1);
  expect(barAt(bars, lane, 7.7, 0.5)).toBe(2);
  expect(barAt(bars, undefined, 7, 1)).toBe(null);
});
