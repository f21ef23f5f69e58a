/**
 * What is known of other crates' functions and futures from the summaries of their MIR (`--deep`). Where two versions of
 * a crate are in one build, the one that the asking crate depends on itself is meant; where it depends on neither or on
 * both, nothing is said.
 */
import type { FunctionNode } from '#mir/function-node.ts';
import type { DependencyUnit, MirUnit } from '#model/evidence.ts';
import { crateOf, namesOfFuture, namesOfPath } from './names.ts';
import type { CancelledFuture, DependencySummary, InnerBlocking } from './summary.ts';

export interface Dependency {
  readonly unit: DependencyUnit;
  readonly summary: DependencySummary;
}

export interface Dependencies {
  /** How many crates were looked into. */
  readonly count: number;
  /** `path` as in `CallSite.path`. */
  blocking(from: FunctionNode, path: string): FoundBlocking | null;
  /** What a function does with code in an argument, as `passed-code.ts` has it; null where that is not known. */
  uses(from: FunctionNode, path: string, argument: number): number | null;
  /** By the key of the future's type. */
  blockingOfFuture(from: FunctionNode, key: string): FoundBlocking | null;
  cancelled(from: FunctionNode, key: string): { future: CancelledFuture; package: string } | null;
}

export interface FoundBlocking extends InnerBlocking {
  /** `name version`. */
  readonly package: string;
}

export function dependenciesOf(known: readonly Dependency[], units: readonly MirUnit[]): Dependencies {
  const byCrate = new Map<string, Dependency[]>();
  for (const dependency of known) {
    const { crate } = dependency.summary;
    byCrate.set(crate, [...(byCrate.get(crate) ?? []), dependency]);
  }

  return {
    count: known.length,
    blocking: (from, path) =>
      found(from, crateOfCallee(path), functionsOf, namesOfPath(path), row => row.blocks),
    uses: (from, path, argument) =>
      askOne(from, crateOfCallee(path), functionsOf, namesOfPath(path), row => row.uses?.[argument])?.value ??
      null,
    blockingOfFuture: (from, key) =>
      found(from, crateOfCallee(key), futuresOf, namesOfFuture(key), row => row.blocks),
    cancelled(from, key) {
      const row = askOne(from, crateOfCallee(key), futuresOf, namesOfFuture(key), future => future.cancelled);
      return row === null ? null : { future: row.value, package: row.package };
    },
  };

  function found<R>(
    from: FunctionNode,
    crate: string,
    rows: (summary: DependencySummary) => Readonly<Record<string, R>>,
    names: readonly string[],
    part: (row: R) => InnerBlocking | undefined,
  ): FoundBlocking | null {
    const row = askOne(from, crate, rows, names, part);
    return row === null ? null : { ...row.value, package: row.package };
  }

  function askOne<R, T>(
    from: FunctionNode,
    crate: string,
    rows: (summary: DependencySummary) => Readonly<Record<string, R>>,
    names: readonly string[],
    part: (row: R) => T | undefined,
  ): { value: T; package: string } | null {
    const candidates = candidatesFor(from, crate);
    let answer: { value: T; package: string } | null = null;
    for (const { summary } of candidates) {
      const own = rows(summary);
      // The first name that the crate has at all is the function's.
      const name = names.find(text => Object.hasOwn(own, text));
      const value = name === undefined ? undefined : part(own[name] as R);
      // One package compiled twice, with other features: what only one of them does is not sure.
      if (value === undefined) return null;
      answer ??= { value, package: summary.package };
    }
    return answer;
  }

  function candidatesFor(from: FunctionNode, crate: string): readonly Dependency[] {
    const all = byCrate.get(crate) ?? [];
    if (new Set(all.map(({ summary }) => summary.package)).size <= 1) return all;
    const asking = units[from.unit]?.package ?? '';
    const own = all.filter(({ unit }) => unit.dependents.includes(asking));
    return new Set(own.map(({ summary }) => summary.package)).size === 1 ? own : [];
  }
}

function functionsOf({ functions }: DependencySummary) {
  return functions;
}

function futuresOf({ futures }: DependencySummary) {
  return futures;
}

/** Of `<tiny::Client as tiny::Get>::get` it is the crate of the type. */
function crateOfCallee(path: string): string {
  return crateOf(path.replace(/^[@<&]*/, ''));
}
