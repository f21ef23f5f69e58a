/**
 * Futures of other crates that poll several futures, or one and a clock, and drop what is not finished. From the
 * documentation and source of tokio 1.54, tokio-util 0.7.19, futures-util 0.3.31, futures-lite 2.6,
 * futures-concurrency 7.6, async-std 1.13, embassy-futures 0.1 and embassy-time 0.5.
 */
import type { Ty } from '#mir/type-parser.ts';

/** What drops a future that is not finished. */
export type PositionKind =
  | 'select'
  | 'timeout'
  | 'until-cancelled'
  | 'try-join'
  | 'race'
  | 'now-or-never'
  | 'abortable'
  | 'abort';

export interface Combinator {
  readonly kind: PositionKind;
  readonly name: string;
  readonly armTypes: readonly Ty[];
  /** Discriminant of the result that says that all arms were dropped unfinished; null where one arm is first. */
  readonly cancelledWhen: string | null;
  /** Whether the result is an enum with a variant for each arm, in their order. */
  readonly tellsWinner: boolean;
  /** Whether the result has the unfinished future in it: it is dropped only where nobody takes it out. */
  readonly returnsLoser: boolean;
}

interface Row {
  readonly kind: PositionKind;
  /** Crates whose path may be in front: the defining one and those that re-export it. */
  readonly crates: readonly string[];
  readonly type: RegExp;
  /** Which generic arguments are futures. */
  readonly arms: (args: readonly Ty[]) => readonly Ty[];
  readonly cancelledWhen?: string;
  readonly tellsWinner?: boolean;
  readonly returnsLoser?: boolean;
}

const all = (args: readonly Ty[]) => args;
const first = (args: readonly Ty[]) => args.slice(0, 1);
const last = (args: readonly Ty[]) => args.slice(-1);
const afterFirst = (args: readonly Ty[]) => args.slice(1);

const rows: readonly Row[] = [
  // Err(Elapsed) is variant 1.
  {
    kind: 'timeout',
    crates: ['tokio'],
    type: /^(time::)?(timeout::)?Timeout$/,
    arms: first,
    cancelledWhen: '1',
  },
  { kind: 'timeout', crates: ['async_std'], type: /^(future|io)::timeout$/, arms: first, cancelledWhen: '1' },
  {
    kind: 'timeout',
    crates: ['embassy_time'],
    type: /^(timer::)?TimeoutFuture$/,
    arms: first,
    cancelledWhen: '1',
  },
  // None is variant 0.
  {
    kind: 'until-cancelled',
    crates: ['tokio_util'],
    type: /CancellationToken::run_until_cancelled(_owned)?$|WithCancellationTokenFuture(Owned)?$/,
    arms: last,
    cancelledWhen: '0',
  },
  {
    kind: 'abortable',
    crates: ['futures', 'futures_util'],
    type: /Abortable$/,
    arms: first,
    cancelledWhen: '1',
  },
  {
    kind: 'try-join',
    crates: ['futures', 'futures_util'],
    type: /TryJoin[345]?$|TryJoinAll$/,
    arms: all,
    cancelledWhen: '1',
  },
  {
    kind: 'race',
    crates: ['futures', 'futures_util'],
    type: /^(future::)?Select$/,
    arms: all,
    tellsWinner: true,
    returnsLoser: true,
  },
  { kind: 'race', crates: ['futures_lite', 'smol'], type: /future::(Or|Race)$/, arms: all },
  {
    kind: 'race',
    crates: ['futures_concurrency'],
    type: /::Race\d*$/,
    arms: args => args.filter(isNoOutput),
  },
  { kind: 'race', crates: ['embassy_futures'], type: /select::Select[3-6]?$/, arms: all, tellsWinner: true },
  { kind: 'race', crates: ['embassy_futures'], type: /select::Select(Array|Slice)$/, arms: first },
  { kind: 'race', crates: ['async_std'], type: /Race$/, arms: afterFirst },
];

/** `Race2<T, A, B>` begins with the output. */
function isNoOutput(ty: Ty, index: number): boolean {
  return index > 0 || ty.kind === 'closure';
}

/** First segments of the futures' paths. */
export function cratesOfCombinators(): ReadonlySet<string> {
  return new Set(rows.flatMap(({ crates }) => crates));
}

/** What a polled type is, by its path or, for `async fn`, by the function's; null for other futures. */
export function combinatorOf(ty: Ty): Combinator | null {
  const path = ty.kind === 'path' ? ty.path : ty.kind === 'closure' ? ty.key : '';
  const args = ty.kind === 'path' || ty.kind === 'closure' ? ty.args : [];
  const krate = path.slice(0, path.indexOf('::'));
  const rest = path.slice(krate.length + 2);
  for (const row of rows) {
    if (!row.crates.includes(krate) || !row.type.test(rest)) continue;
    return {
      kind: row.kind,
      name: rest.slice(rest.lastIndexOf('::') + 2 || 0),
      armTypes: row.arms(args),
      cancelledWhen: row.cancelledWhen ?? null,
      tellsWinner: row.tellsWinner ?? false,
      returnsLoser: row.returnsLoser ?? false,
    };
  }
  return null;
}
