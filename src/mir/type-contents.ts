/** What a type contains, and what one question of type-contains.ts has found so far. */
import type { Ty } from './type-parser.ts';

export interface Found<E> {
  readonly entry: E;
  /** The found type itself, qualified. */
  readonly ty: Ty;
  /** From the outside in: `field guard of shop::Holder`, `variant Some of …`. Empty when the type is the thing itself. */
  readonly route: readonly string[];
  /** `exact`: every step is known. `inexact`: read off another instance. `guessed`: through a type of another crate. */
  readonly certainty: 'exact' | 'inexact' | 'guessed';
  /** Behind Rc or Arc: dropping this value may not drop it. */
  readonly shared: boolean;
  /** Only in a poisoned lock's error. */
  readonly poisoned: boolean;
  /** Captured by a future that may not have run yet. */
  readonly inFuture: boolean;
  /** Initialised on every path; true when no tree was given. */
  readonly definite: boolean;
}

/** What could not be looked into. */
export interface Unresolved {
  readonly kind: 'dyn' | 'parameter' | 'foreign' | 'unsure';
  readonly ty: Ty;
  /** Captured by a future that may not have run yet. */
  readonly inFuture: boolean;
}

export interface Contents<E> {
  readonly found: readonly Found<E>[];
  readonly unresolved: readonly Unresolved[];
}

/** The way to a part, its last step first; made into text only where something is found. */
interface Route {
  readonly before: Route | null;
  readonly step: () => string;
}

export interface Context {
  readonly route: Route | null;
  readonly certainty: Found<unknown>['certainty'];
  readonly shared: boolean;
  readonly poisoned: boolean;
  readonly inFuture: boolean;
  readonly depth: number;
  /** The type of another crate that names what is looked at as an argument, and may or may not own it; else null. */
  readonly foreign: Ty | null;
}

/**
 * One question. A part is walked again only where it is reached in a way that says more of it than each way before: in
 * types that refer to each other the ways to a part are exponentially many, and what they say of it is not.
 */
export class Walk<E> {
  readonly found: Found<E>[] = [];
  readonly unresolved: Unresolved[] = [];
  readonly open = new Set<string>();
  /** Types that were looked into as a whole. */
  readonly whole = new Set<string>();
  /** How often something was found, or a part was not looked into. */
  notEmpty = 0;
  /** How often the bounds kept a part from being looked into. */
  cuts = 0;
  readonly #foundMarks = new Map<string, number[]>();
  readonly #unresolvedKeys = new Set<string>();
  /** By type, and by the type of another crate that it is an argument of. */
  readonly #visits = new Map<string, Visit[]>();

  add(entry: E, ty: Ty, definite: boolean, context: Context): void {
    this.notEmpty++;
    const marks = marksOf(context, definite);
    const known = this.#foundMarks.get(ty.text);
    if (known?.some(other => saysAsMuch(other, marks)) === true) return;
    if (known === undefined) this.#foundMarks.set(ty.text, [marks]);
    else known.push(marks);
    const { certainty, shared, poisoned, inFuture } = context;
    const route = routeTexts(context.route);
    this.found.push({ entry, ty, route, certainty, shared, poisoned, inFuture, definite });
  }

  addUnresolved(kind: Unresolved['kind'], ty: Ty, inFuture: boolean): void {
    this.notEmpty++;
    const key = `${kind} ${inFuture} ${ty.text}`;
    if (this.#unresolvedKeys.has(key)) return;
    this.#unresolvedKeys.add(key);
    this.unresolved.push({ kind, ty, inFuture });
  }

  /** Notes that a whole part is looked into now; `known` where that would show nothing that was not seen. */
  visit(ty: Ty, context: Context, definite: boolean): Visit | 'known' {
    const { foreign, inFuture, depth } = context;
    const key = foreign === null ? ty.text : `${ty.text} in ${foreign.text}`;
    // Of what a type of another crate names it counts only whether something is there.
    const marks = foreign === null ? marksOf(context, definite) : inFuture ? inFutureMark : 0;
    const visits = this.#visits.get(key);
    if (
      visits?.some(visit => saysAsMuch(visit.marks, marks) && (!visit.cut || visit.depth <= depth)) === true
    )
      return 'known';
    this.whole.add(ty.text);
    const visit = { marks, depth, cut: false };
    if (visits === undefined) this.#visits.set(key, [visit]);
    else visits.push(visit);
    return visit;
  }
}

interface Visit {
  readonly marks: number;
  readonly depth: number;
  /** The bound on depth cut something off: nearer to the top there is more to see. */
  cut: boolean;
}

const inFutureMark = 16;

/** A bit for each thing that makes a finding say less. */
function marksOf({ certainty, shared, poisoned, inFuture }: Context, definite: boolean): number {
  const guess = { exact: 0, inexact: 1, guessed: 3 }[certainty];
  return guess | (shared ? 4 : 0) | (poisoned ? 8 : 0) | (inFuture ? inFutureMark : 0) | (definite ? 0 : 32);
}

function saysAsMuch(marks: number, than: number): boolean {
  return (marks & ~than) === 0;
}

function routeTexts(route: Route | null): string[] {
  const steps: string[] = [];
  for (let at = route; at !== null; at = at.before) steps.push(at.step());
  return steps.reverse();
}
