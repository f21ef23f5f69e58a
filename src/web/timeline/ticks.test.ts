import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ticksWithin } from './ticks.ts';

test.each([
  [0, 10, 1.5, '0 s, 2 s, 4 s, 6 s, 8 s, 10 s'],
  [0, 90, 14, '0 s, 15 s, 30 s, 45 s, 1:00, 1:15, 1:30'],
  [100, 700, 100, '2 min, 4 min, 6 min, 8 min, 10 min'],
  [1.02, 1.11, 0.02, '1.02 s, 1.04 s, 1.06 s, 1.08 s, 1.10 s'],
  [3, 3.0021, 0.0008, '3.000 s, 3.001 s, 3.002 s'],
  [0, 20000, 4000, '0 min, 120 min, 240 min'],
])('from %d to %d s, %d s apart', (start, end, gap, labels) => {
  expect(
    ticksWithin(start, end, gap)
      .map(tick => tick.label)
      .join(', '),
  ).toBe(labels);
});

test('marks lie within the span, in order, no closer than asked, and no two read alike', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 5000, noNaN: true }),
      fc.double({ min: 0.002, max: 9000, noNaN: true }),
      fc.double({ min: 0.02, max: 1, noNaN: true }),
      (start, span, part) => {
        const ticks = ticksWithin(start, start + span, span * part);
        const slack = span * 1e-6;
        for (const [index, tick] of ticks.entries()) {
          expect(tick.seconds).toBeGreaterThanOrEqual(start - slack);
          expect(tick.seconds).toBeLessThanOrEqual(start + span + slack);
          const before = ticks[index - 1];
          if (before !== undefined)
            expect(tick.seconds - before.seconds).toBeGreaterThanOrEqual(span * part * (1 - 1e-6));
        }
        expect(new Set(ticks.map(tick => tick.label)).size).toBe(ticks.length);
      },
    ),
  );
});
