/**
 * Summaries of functions, bottom-up: a function's summary is made of its own facts and of its callees' summaries.
 * Within a cycle of calls the summaries start at `bottom` and are made again until none changes, so `summarize` must be
 * monotone and its values finite in height.
 */
import { stronglyConnected } from './strongly-connected.ts';

export interface SummaryProblem<S> {
  readonly count: number;
  successorsOf(node: number): readonly number[];
  readonly bottom: S;
  /** The summary of a node, given those of its successors. */
  summarize(node: number, summaryOf: (node: number) => S): S;
  equal(a: S, b: S): boolean;
}

export interface Summaries<S> {
  of(node: number): S;
  /** False when a cycle did not settle within the bound; its summaries may then be too small. */
  readonly converged: boolean;
}

// Limit: rounds over one cycle of calls. A monotone summary of height h settles within h × size rounds; real ones in three.
const roundsMax = 1_000;

export function summaries<S>(problem: SummaryProblem<S>): Summaries<S> {
  const known: S[] = new Array(problem.count).fill(problem.bottom);
  const summaryOf = (node: number): S => known[node] ?? problem.bottom;
  let converged = true;
  for (const component of stronglyConnected(problem.count, problem.successorsOf)) {
    let changed = true;
    let rounds = 0;
    while (changed) {
      if (rounds++ >= roundsMax) {
        converged = false;
        break;
      }
      changed = false;
      for (const node of component) {
        const summary = problem.summarize(node, summaryOf);
        if (problem.equal(summary, summaryOf(node))) continue;
        known[node] = summary;
        changed = true;
      }
      const [only] = component;
      if (component.length === 1 && !problem.successorsOf(only as number).includes(only as number)) break;
    }
  }
  return { of: summaryOf, converged };
}
