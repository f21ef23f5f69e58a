import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBuildEvents } from '#formats/build-events/parse.ts';
import { parseUnitGraph } from '#formats/unit-graph/parse.ts';
import type { BuildRecord } from '#model/build.ts';
import { alignUnitGraph } from './align-unit-graph.ts';
import { type CriticalPath, observedCriticalPath } from './critical-path.ts';
import { recordFromText } from './record-from-text.ts';

const fixture = (path: string) =>
  readFileSync(new URL(`../../tests/fixtures/${path}`, import.meta.url), 'utf8');

function draw(record: BuildRecord): string {
  const path = observedCriticalPath(record, null);
  const lines = path.steps.map(step => {
    const unit = record.units.find(unit => unit.index === step.unit)?.packageName ?? '';
    return `${step.startSeconds}..${step.endSeconds} ${step.kind} ${unit} ${step.until ?? ''}`.trim();
  });
  return [`basis: ${path.basis}`, ...lines].join('\n');
}

describe('with the lists of what each artifact unblocked', () => {
  test('a library that needs metadata alone does not wait for the codegen before it', () => {
    const record = recordFromText(
      `
      apple 1-6 rmeta 3
      pear  3-8 rmeta 5 after apple.rmeta
      stall 8-10 kind bin after pear
      `,
      { jobs: 2 },
    );
    expect(draw(record)).toMatchInlineSnapshot(`
      "basis: unblocked
      0..1 cargo
      1..3 unit apple rmeta
      3..8 unit pear end
      8..10 unit stall end"
    `);
  });

  test('a unit that is ready while all jobs are taken waits for a slot, and otherwise for something else', () => {
    const record = recordFromText(
      `
      apple 0-2
      pear  0-5
      plum  2-4
      stall 7-9 after apple
      `,
      { jobs: 2 },
    );
    expect(draw(record)).toMatchInlineSnapshot(`
      "basis: unblocked
      0..2 unit apple end
      2..4 slot stall
      4..7 other-wait stall
      7..9 unit stall end"
    `);
  });

  test('the moment in which a slot passes from one unit to the next is part of the wait for it', () => {
    const record = recordFromText(
      `
      apple 0-2
      pear  2.004-4
      plum  4.003-6 after apple
      `,
      { jobs: 1 },
    );
    expect(draw(record)).toMatchInlineSnapshot(`
      "basis: unblocked
      0..2 unit apple end
      2..4.003 slot plum
      4.003..6 unit plum end"
    `);
  });

  test('what was ready from the beginning waits from the first start of any unit', () => {
    const record = recordFromText(
      `
      apple 1-3
      pear  3-9
      plum  3-4 after apple
      `,
      { jobs: 1 },
    );
    expect(draw(record)).toMatchInlineSnapshot(`
      "basis: unblocked
      0..1 cargo
      1..3 slot pear
      3..9 unit pear end"
    `);
  });

  test('a unit whose releasing line was lost falls back on its dependencies', () => {
    const record = recordFromText(
      `
      apple 0-2
      pear  2-5 needs apple
      stall 5-6 kind bin after pear
      `,
      { jobs: 1 },
    );
    expect(draw(record)).toMatchInlineSnapshot(`
      "basis: unblocked
      0..2 unit apple end
      2..5 unit pear end
      5..6 unit stall end"
    `);
  });
});

describe('with dependencies alone', () => {
  test('the dependency whose needed artifact came last counts', () => {
    const record = recordFromText(`
      apple 0-6 rmeta 2
      pear  0-4 rmeta 3
      plum  3-7 rmeta 4 needs apple,pear
      `);
    expect(draw(record)).toMatchInlineSnapshot(`
      "basis: dependencies
      0..3 unit pear rmeta
      3..7 unit plum end"
    `);
  });

  test('what is linked waits for the whole of every unit below it', () => {
    const record = recordFromText(`
      apple 0-6 rmeta 2
      pear  2-5 rmeta 4 needs apple
      stall 6-7 kind bin needs pear
      `);
    expect(draw(record)).toMatchInlineSnapshot(`
      "basis: dependencies
      0..6 unit apple end
      6..7 unit stall end"
    `);
  });

  test('an artifact that came after the start was not waited for', () => {
    const record = recordFromText(`
      apple 0-6
      pear  1-7 kind bin needs apple
      `);
    expect(draw(record)).toMatchInlineSnapshot(`
      "basis: dependencies
      0..1 wait pear
      1..7 unit pear end"
    `);
  });
});

test('without lists and dependencies the path says that it does not know', () => {
  expect(draw(recordFromText('apple 0-2\npear 2-5'))).toMatchInlineSnapshot(`
    "basis: none
    0..2 unknown pear
    2..5 unit pear end"
  `);
});

test('a build in which nothing finished has no path', () => {
  expect(draw(recordFromText('apple 0-'))).toMatchInlineSnapshot(`"basis: none"`);
});

test('units that release each other, as only a broken record can say, end the path as unknown', () => {
  const record = recordFromText('apple 1-2 after pear\npear 1-2 after apple');
  expect(draw(record)).toMatchInlineSnapshot(`
    "basis: unblocked
    0..1 unknown pear
    1..1 unit pear end
    1..2 unit apple end"
  `);
});

test.each([
  ['clean-1.95.jsonl', 'clean-1.95.json'],
  ['clean-1.97.jsonl', 'clean-1.97.json'],
  ['clean-without-sections-1.95.jsonl', 'clean-1.95.json'],
  ['rebuild-linker-1.95.jsonl', 'clean-1.95.json'],
])('%s: dependencies alone lead to the path that the lists give', (log, plan) => {
  const record = parseBuildEvents(fixture(`build-events/${log}`)).value;
  const { graph } = alignUnitGraph(parseUnitGraph(fixture(`unit-graph/${plan}`)).value, record);
  const withoutLists = {
    ...record,
    runs: record.runs.map(run => ({ ...run, unblocked: [], unblockedByRmeta: [] })),
  };
  const path = observedCriticalPath(withoutLists, graph);
  expect(path.basis).toBe('dependencies');
  expect(path.steps).toEqual(observedCriticalPath(record, graph).steps);
});

describe('on any build', () => {
  test('the path is without gaps from 0 to the last finish', () => {
    fc.assert(
      fc.property(builds, record => {
        const { steps } = observedCriticalPath(record, null);
        let at = 0;
        for (const step of steps) {
          expect(step.startSeconds).toBeCloseTo(at, 9);
          expect(step.endSeconds).toBeGreaterThanOrEqual(step.startSeconds);
          at = step.endSeconds;
        }
        expect(at).toBe(Math.max(0, ...record.runs.map(run => run.finishSeconds ?? 0)));
      }),
    );
  });

  test('its length is between the longest unit on it and the wall time', () => {
    fc.assert(
      fc.property(builds, record => {
        const { steps } = observedCriticalPath(record, null);
        const length = steps.reduce((sum, step) => sum + step.endSeconds - step.startSeconds, 0);
        const longest = Math.max(0, ...workOf({ steps, basis: 'none' }));
        const wall = Math.max(0, ...record.runs.map(run => run.finishSeconds ?? 0));
        expect(length).toBeLessThanOrEqual(wall + 1e-9);
        expect(length).toBeGreaterThanOrEqual(longest - 1e-9);
      }),
    );
  });

  test('the order of units and runs does not matter', () => {
    fc.assert(
      fc.property(builds, fc.infiniteStream(fc.nat()), (record, keys) => {
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map(item => ({ item, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const other = { ...record, units: shuffled(record.units), runs: shuffled(record.runs) };
        expect(observedCriticalPath(other, null)).toEqual(observedCriticalPath(record, null));
      }),
    );
  });
});

function workOf(path: CriticalPath): readonly number[] {
  return path.steps.filter(step => step.kind === 'unit').map(step => step.endSeconds - step.startSeconds);
}

/** Records as cargo could write them, and, as units name each other freely, also such as it could not. */
const builds: fc.Arbitrary<BuildRecord> = fc
  .record({
    jobs: fc.option(fc.integer({ min: 1, max: 4 })),
    withLists: fc.boolean(),
    withDependencies: fc.boolean(),
    runs: fc.array(
      fc.record({
        start: fc.nat({ max: 40 }),
        length: fc.nat({ max: 20 }),
        rmeta: fc.option(fc.nat({ max: 20 })),
        finished: fc.boolean(),
        links: fc.array(fc.nat({ max: 14 }), { maxLength: 3 }),
        kind: fc.constantFrom('lib', 'bin', 'proc-macro'),
      }),
      { maxLength: 15 },
    ),
  })
  .map(({ jobs, withLists, withDependencies, runs }) => {
    const empty = recordFromText('', { jobs });
    return {
      ...empty,
      units: runs.map((run, index) => ({
        index,
        packageId: null,
        packageName: `unit-${index}`,
        version: '1.0.0',
        targetName: `unit_${index}`,
        targetKind: run.kind,
        mode: 'build',
        platform: null,
        features: [],
        dependencies: withDependencies ? run.links : null,
      })),
      runs: runs.map((run, unit) => ({
        unit,
        startSeconds: run.start,
        rmetaSeconds: run.rmeta === null ? null : run.start + Math.min(run.rmeta, run.length),
        finishSeconds: run.finished ? run.start + run.length : null,
        sections: [],
        unblocked: withLists ? run.links : [],
        unblockedByRmeta: withLists ? run.links.slice(1) : [],
      })),
    };
  });
