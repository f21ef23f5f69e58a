/**
 * What was learned of another crate by reading its MIR, in place of the MIR: the functions of it that block, where they
 * run the closures that they are given, and what becomes of its futures when they are dropped half-way. What is not in a
 * summary is not known. Made by `summarise.ts`, asked through `dependencies.ts`.
 */
import { asIndex, asList, asObject, asString, asStrings, parseJsonObject } from '#base/json-value.ts';
import type { Parsed } from '#base/parsed.ts';
import {
  type BlockingKind,
  type BlockingLevel,
  blockingKinds,
  type InnerCall,
} from '../knowledge/blocking.ts';
import type { LossClass } from '../knowledge/cancel-safety.ts';

/** Raise it when summaries change for the same MIR: those that are kept are made again then. */
export const summaryVersion = '1';

export interface DependencySummary {
  readonly schema: 1;
  /** rustc's name of the crate. */
  readonly crate: string;
  /** `name version`. */
  readonly package: string;
  /** By each of the function's names; see `names.ts`. */
  readonly functions: Readonly<Record<string, FunctionSummary>>;
  readonly futures: Readonly<Record<string, FutureSummary>>;
}

export interface FunctionSummary {
  readonly blocks?: InnerBlocking;
  /** By position of the argument: what is done with code in it, as in `passed-code.ts`. */
  readonly uses?: Readonly<Record<string, number>>;
}

export interface FutureSummary {
  readonly blocks?: InnerBlocking;
  /** What is lost when it is dropped; absent where that is not known. */
  readonly cancelled?: CancelledFuture;
}

/** A blocking call inside of another crate. */
export interface InnerBlocking {
  readonly level: BlockingLevel;
  readonly kind: BlockingKind;
  readonly what: string;
  readonly seen: string | null;
  readonly source: string;
  /** From the function on, the calls down to the one that blocks. */
  readonly way: readonly InnerCall[];
}

/** What a future's body does, for those that drop it unfinished; losses by number of argument. */
export interface CancelledFuture {
  readonly verdict: 'safe' | 'queue-position' | 'restart' | 'unsafe' | 'unknown';
  readonly because: readonly string[];
  readonly losses: readonly CancelledLoss[];
  readonly takes: boolean;
  readonly holds: boolean;
}

export interface CancelledLoss {
  readonly class: LossClass;
  /** `path` of the row of cancel-safety.json; null for a result that a body held. */
  readonly row: string | null;
  readonly capture: number | null;
  readonly what: 'state' | 'value';
  readonly inside: readonly string[];
  readonly surely: boolean;
}

/** Total; what is not of this schema is left out and a problem. */
export function parseSummary(text: string): Parsed<DependencySummary | null> {
  const json = parseJsonObject(text);
  const crate = asString(json?.crate);
  const named = asString(json?.package);
  const functions = asObject(json?.functions);
  const futures = asObject(json?.futures);
  if (json?.schema !== 1 || crate === null || named === null || functions === null || futures === null)
    return { value: null, problems: [{ what: 'this is no summary of a dependency that can be read' }] };
  let left = 0;
  const rowsOf = <T>(rows: object, read: (row: unknown) => T | null): Record<string, T> => {
    const known: [string, T][] = [];
    for (const [name, row] of Object.entries(rows)) {
      const value = read(row);
      if (value === null) left++;
      else known.push([name, value]);
    }
    return Object.fromEntries(known);
  };
  const value: DependencySummary = {
    schema: 1,
    crate,
    package: named,
    functions: rowsOf(functions, functionOf),
    futures: rowsOf(futures, futureOf),
  };
  return { value, problems: left === 0 ? [] : [{ what: `${left} rows of the summary are not understood` }] };
}

function functionOf(row: unknown): FunctionSummary | null {
  const json = asObject(row);
  if (json === null) return null;
  const blocks = json.blocks === undefined ? undefined : blockingOf(json.blocks);
  const given = asObject(json.uses);
  if (blocks === null || (json.uses !== undefined && given === null)) return null;
  const uses = Object.entries(given ?? {}).flatMap(([arg, use]) => {
    const known = asIndex(use);
    return /^\d+$/.test(arg) && known !== null ? [[arg, known] as const] : [];
  });
  return {
    ...(blocks === undefined ? {} : { blocks }),
    ...(uses.length === 0 ? {} : { uses: Object.fromEntries(uses) }),
  };
}

function futureOf(row: unknown): FutureSummary | null {
  const json = asObject(row);
  if (json === null) return null;
  const blocks = json.blocks === undefined ? undefined : blockingOf(json.blocks);
  const cancelled = json.cancelled === undefined ? undefined : cancelledOf(json.cancelled);
  if (blocks === null || cancelled === null) return null;
  return { ...(blocks === undefined ? {} : { blocks }), ...(cancelled === undefined ? {} : { cancelled }) };
}

function blockingOf(row: unknown): InnerBlocking | null {
  const json = asObject(row);
  const what = asString(json?.what);
  const source = asString(json?.source);
  const level = (['forbidden', 'long', 'short'] as const).find(known => known === json?.level);
  const kind = blockingKinds.find(known => known === json?.kind);
  if (what === null || source === null || level === undefined || kind === undefined) return null;
  const way: InnerCall[] = [];
  for (const item of asList(json?.way)) {
    const call = asObject(item);
    const callee = asString(call?.callee);
    const named = asString(call?.package);
    if (callee === null || named === null) return null;
    way.push({ callee, at: asString(call?.at), package: named });
  }
  return { level, kind, what, source, seen: asString(json?.seen), way };
}

const verdicts = ['safe', 'queue-position', 'restart', 'unsafe', 'unknown'] as const;
const classes = ['partial-io', 'value-lost', 'miscount'] as const;

function cancelledOf(row: unknown): CancelledFuture | null {
  const json = asObject(row);
  const verdict = verdicts.find(known => known === json?.verdict);
  if (json === null || verdict === undefined || !Array.isArray(json.losses)) return null;
  const losses: CancelledLoss[] = [];
  for (const item of json.losses as unknown[]) {
    const loss = asObject(item);
    const lossClass = classes.find(known => known === loss?.class);
    const what = (['state', 'value'] as const).find(known => known === loss?.what);
    if (loss === null || lossClass === undefined || what === undefined) return null;
    losses.push({
      class: lossClass,
      row: asString(loss.row),
      capture: asIndex(loss.capture),
      what,
      inside: asStrings(loss.inside),
      surely: loss.surely === true,
    });
  }
  return {
    verdict,
    because: asStrings(json.because),
    losses,
    takes: json.takes === true,
    holds: json.holds !== false,
  };
}
