import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitViewport, panBy, resized, reveal, timeAt, type Viewport, xAt, zoomAt } from './viewport.ts';

/** A viewport that someone zoomed and panned to. */
const viewports = fc
  .record({
    duration: fc.double({ min: 0.01, max: 7200, noNaN: true }),
    width: fc.integer({ min: 50, max: 4000 }),
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    factor: fc.double({ min: 1, max: 2000, noNaN: true }),
  })
  .map(({ duration, width, x, factor }) => zoomAt(fitViewport(duration, width), x * width, factor));

const parts = fc.double({ min: 0, max: 1, noNaN: true });

function expectInside(view: Viewport): void {
  const slack = view.durationSeconds * 1e-9;
  expect(view.startSeconds).toBeGreaterThanOrEqual(0);
  expect(view.startSeconds + view.spanSeconds).toBeLessThanOrEqual(view.durationSeconds + slack);
  expect(view.spanSeconds).toBeGreaterThan(0);
}

test('zooming in keeps the time under the cursor', () => {
  fc.assert(
    fc.property(viewports, parts, fc.double({ min: 1, max: 50, noNaN: true }), (view, part, factor) => {
      const x = part * view.widthPixels;
      const zoomed = zoomAt(view, x, factor);
      expect(Math.abs(timeAt(zoomed, x) - timeAt(view, x))).toBeLessThan(view.durationSeconds * 1e-9);
      expectInside(zoomed);
    }),
  );
});

test('zooming out keeps the time under the cursor, or stops at an end of the build', () => {
  fc.assert(
    fc.property(viewports, parts, fc.double({ min: 0.02, max: 1, noNaN: true }), (view, part, factor) => {
      const x = part * view.widthPixels;
      const zoomed = zoomAt(view, x, factor);
      const slack = view.durationSeconds * 1e-9;
      const kept = Math.abs(timeAt(zoomed, x) - timeAt(view, x)) < slack;
      const atStart = zoomed.startSeconds < slack;
      const atEnd = zoomed.startSeconds + zoomed.spanSeconds > zoomed.durationSeconds - slack;
      expect(kept || atStart || atEnd).toBe(true);
      expectInside(zoomed);
    }),
  );
});

test('time and place are each other’s inverse', () => {
  fc.assert(
    fc.property(viewports, parts, (view, part) => {
      const x = part * view.widthPixels;
      expect(xAt(view, timeAt(view, x))).toBeCloseTo(x, 3);
    }),
  );
});

test('panning never leaves the build, and panning back returns unless an end was met', () => {
  fc.assert(
    fc.property(viewports, fc.double({ min: -9000, max: 9000, noNaN: true }), (view, pixels) => {
      const there = panBy(view, pixels);
      expectInside(there);
      const met =
        there.startSeconds === 0 || there.startSeconds === there.durationSeconds - there.spanSeconds;
      if (!met) expect(panBy(there, -pixels).startSeconds).toBeCloseTo(view.startSeconds, 6);
    }),
  );
});

test('a revealed bar is on the screen', () => {
  fc.assert(
    fc.property(viewports, parts, parts, (view, a, b) => {
      const start = Math.min(a, b) * view.durationSeconds;
      const end = Math.max(a, b) * view.durationSeconds;
      const shown = reveal(view, start, end);
      expectInside(shown);
      const middle = xAt(shown, (start + end) / 2);
      expect(middle).toBeGreaterThanOrEqual(-0.01);
      expect(middle).toBeLessThanOrEqual(shown.widthPixels + 0.01);
    }),
  );
});

test('a sliver is enlarged and what is seen already stays', () => {
  const view = fitViewport(100, 1000);
  expect(reveal(view, 10, 20)).toBe(view);
  const sliver = reveal(view, 50, 50.1);
  expect(xAt(sliver, 50.1) - xAt(sliver, 50)).toBeCloseTo(125);
  expect(xAt(sliver, 50.05)).toBeCloseTo(500);
});

test('a new width shows the same span', () => {
  const view = zoomAt(fitViewport(60, 800), 400, 4);
  expect(resized(view, 400)).toEqual({ ...view, widthPixels: 400 });
});

test('a build of no length, or of none known, can be drawn', () => {
  for (const duration of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    const view = zoomAt(fitViewport(duration, 0), 0, 10);
    expect(view.spanSeconds).toBeGreaterThan(0);
    expect(Number.isFinite(xAt(view, 0))).toBe(true);
  }
});
