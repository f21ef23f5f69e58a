import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseBuildEvents } from '#formats/build-events/parse.ts';
import { parseTimingsHtml } from '#formats/timings-html/parse.ts';
import { parseUnitGraph } from '#formats/unit-graph/parse.ts';
import { parseWrapperEvents } from '#formats/wrapper-events/parse.ts';
import type { BuildRecord } from '#model/build.ts';
import { alignUnitGraph } from './align-unit-graph.ts';
import { observedCriticalPath } from './critical-path.ts';

const fixture = (path: string) =>
  readFileSync(new URL(`../../tests/fixtures/${path}`, import.meta.url), 'utf8');
const events = parseBuildEvents(fixture('build-events/clean-1.95.jsonl')).value;
const graph = parseUnitGraph(fixture('unit-graph/clean-1.95.json')).value;

describe('a record in another numbering', () => {
  const other = renumbered(events, index => 100 - index);

  test('is found unit by unit', () => {
    const aligned = alignUnitGraph(graph, other);
    expect(aligned.unmatched).toEqual([]);
    for (const planned of aligned.graph.units) {
      const unit = other.units.find(unit => unit.index === planned.index)!;
      expect(unit.packageId).toBe(planned.packageId);
      expect(new Set(unit.dependencies)).toEqual(new Set(planned.dependencies));
    }
  });
});

test('units that the record lacks are numbered after it', () => {
  const first = { ...events, units: events.units.slice(0, 2) };
  const aligned = alignUnitGraph(graph, first);
  const indexes = aligned.graph.units.map(planned => planned.index);
  expect(indexes).toEqual(graph.units.map((_, position) => position));
  expect(aligned.unmatched).toEqual([]);
});

test('units with other features are other units', () => {
  const other = {
    ...events,
    units: events.units.map(unit => (unit.packageName === 'syn' ? { ...unit, features: ['full'] } : unit)),
  };
  const { unmatched } = alignUnitGraph(graph, other);
  expect(unmatched.map(index => events.units[index]!.packageName)).toEqual(['syn']);
});

test("units for `--target` with the host's triple, which the log cannot tell from host units", () => {
  const record = parseBuildEvents(fixture('build-events/clean-with-target-1.95.jsonl')).value;
  const planned = parseUnitGraph(fixture('unit-graph/with-target-1.95.json')).value;
  expect(alignUnitGraph(planned, record).unmatched).toEqual([]);
});

test("a page's units, by name, kind and features", () => {
  const page = parseTimingsHtml(fixture('timings-html/clean-1.95.html')).value;
  const aligned = alignUnitGraph(graph, page);
  expect(aligned.unmatched).toEqual([]);
  const macros = aligned.graph.units.filter(planned => planned.targetKind === 'proc-macro');
  expect(macros.map(planned => planned.packageName)).toEqual(['serde_derive', 'stamp']);
});

test("a wrapper's units, by what rustc was asked for", () => {
  const lines = events.runs
    .map(run => ({ run, unit: events.units[run.unit]!, planned: graph.units[run.unit]! }))
    .filter(({ unit }) => unit.mode !== 'run-custom-build')
    .map(({ run, unit, planned }) =>
      JSON.stringify({
        crate: unit.targetName.replaceAll('-', '_'),
        package: `${unit.packageName} ${unit.version}`,
        kind: planned.crateTypes[0],
        start: run.startSeconds,
        end: run.finishSeconds,
        rmeta: run.rmetaSeconds,
      }),
    );
  const record = parseWrapperEvents(lines.join('\n')).value;
  const aligned = alignUnitGraph(graph, record);
  expect(aligned.unmatched).toEqual([]);
  const name = (index: number | null) => record.units.find(unit => unit.index === index)?.packageName ?? '';
  const path = observedCriticalPath(record, aligned.graph);
  expect(path.steps.map(step => `${step.kind} ${name(step.unit)}`).join('\n')).toMatchInlineSnapshot(`
    "cargo 
    unit proc-macro2
    unknown proc-macro2
    unit proc-macro2
    wait quote
    unit quote
    wait syn
    unit syn
    wait serde_derive
    unit serde_derive
    wait serde
    unit serde
    wait pantry
    unit pantry
    wait kiosk
    unit kiosk"
  `);
});

test('of two planned units that fit alike neither is taken, unless the number decides', () => {
  const twice = {
    ...graph,
    units: graph.units.flatMap(planned => [planned, { ...planned, index: planned.index + 50 }]),
  };
  expect(alignUnitGraph(twice, events).unmatched).toEqual([]);
  expect(
    alignUnitGraph(
      twice,
      renumbered(events, index => index + 1000),
    ).unmatched,
  ).toHaveLength(events.units.length);
});

function renumbered(record: BuildRecord, number: (index: number) => number): BuildRecord {
  return {
    ...record,
    units: record.units.map(unit => ({
      ...unit,
      index: number(unit.index),
      dependencies: unit.dependencies?.map(number) ?? null,
    })),
  };
}
