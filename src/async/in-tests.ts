/**
 * Which findings are of test code: no user of the program meets them. A library is compiled for itself and once more with
 * its tests, so a function that both have is not of the tests; one that the tests alone have is, and so is a story with a
 * step that only they take, such as a test that calls the library in a way in which nobody else does. They are notes: of
 * 123 guards that tests of one repository held over an await, 122 were mutexes that serialise the tests.
 */
import type { Location } from '#model/location.ts';
import type { FindingDraft } from '#rules/rule.ts';
import type { Program } from './program.ts';

export interface TestCode {
  /** Whether the unit with this position is compiled for tests or benches alone. */
  isTestUnit(unit: number): boolean;
  isInTests(finding: FindingDraft): boolean;
}

export function testCodeOf(program: Program): TestCode {
  const { graph, units } = program;
  const isTestUnit = (unit: number) => ['test', 'bench'].includes(units[unit]?.targetKind ?? '');
  if (!units.some((_, unit) => isTestUnit(unit))) return { isTestUnit, isInTests: () => false };
  const functions = new Map<string, boolean>();
  const calls = new Map<string, boolean>();
  const note = (known: Map<string, boolean>, key: string, unit: number) =>
    known.set(key, known.get(key) !== false && isTestUnit(unit));
  for (const node of graph.nodes) {
    note(functions, keyOfFunction(program.displayName(node), units[node.unit]?.package), node.unit);
    for (const { at } of node.calls) if (at !== null) note(calls, keyOfPlace(at), node.unit);
  }
  return {
    isTestUnit,
    isInTests: ({ function: name, package: krate, steps }) =>
      (name !== undefined && functions.get(keyOfFunction(name, krate)) === true) ||
      steps.some(({ location }) => calls.get(keyOfPlace(location)) === true),
  };
}

function keyOfFunction(name: string, krate: string | undefined): string {
  return `${krate} ${name}`;
}

function keyOfPlace({ file, startLine, startColumn }: Location): string {
  return `${file}:${startLine}:${startColumn}`;
}
