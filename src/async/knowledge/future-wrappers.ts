/**
 * Futures that only pass the polls on to what they own, so that dropping one is dropping that. From the documentation of
 * std 1.95, tokio 1.54, tokio-util 0.7.19, tracing 0.1, futures-util 0.3.31, embassy-time 0.5 and async-std 1.13.
 */
import type { Ty } from '#mir/type-parser.ts';

const futures = ['futures', 'futures_util'];

interface Row {
  readonly crates: readonly string[];
  readonly type: RegExp;
  readonly inner: (args: readonly Ty[]) => readonly Ty[];
}

const first = (args: readonly Ty[]) => args.slice(0, 1);
const last = (args: readonly Ty[]) => args.slice(-1);
const both = (args: readonly Ty[]) => args.slice(0, 2);

const rows: readonly Row[] = [
  { crates: ['std', 'core', 'alloc'], type: /^(pin::Pin|boxed::Box|panic::AssertUnwindSafe)$/, inner: first },
  { crates: ['tokio'], type: /^time::(timeout::)?Timeout$|^task::(coop::)?Unconstrained$/, inner: first },
  { crates: ['tokio'], type: /^task::futures::TaskLocalFuture$|^task::LocalSet::run_until$/, inner: last },
  {
    crates: ['tokio_util'],
    type: /CancellationToken::run_until_cancelled(_owned)?$|WithCancellationTokenFuture(Owned)?$/,
    inner: last,
  },
  { crates: ['tracing', 'tracing_futures'], type: /(^|::)(Instrumented|WithDispatch)$/, inner: first },
  {
    crates: futures,
    type: /^(future::)?(Map|MapOk|MapErr|MapInto|MapOkOrElse|ErrInto|OkInto|Fuse|Inspect|InspectOk|InspectErr|UnitError|NeverError|CatchUnwind|IntoFuture|UnwrapOrElse|Abortable|OptionFuture|MaybeDone)$/,
    inner: first,
  },
  { crates: futures, type: /^future::Either$/, inner: both },
  { crates: ['embassy_time'], type: /TimeoutFuture$/, inner: first },
  { crates: ['async_std'], type: /^(future|io)::timeout$/, inner: first },
];

/** The types of the futures in a wrapper; null for what is none. */
export function wrappedBy(ty: Ty): readonly Ty[] | null {
  if (ty.kind !== 'path' && ty.kind !== 'closure') return null;
  const path = ty.kind === 'path' ? ty.path : ty.key;
  const krate = path.slice(0, Math.max(0, path.indexOf('::')));
  const rest = path.slice(krate.length + 2);
  const row = rows.find(({ crates, type }) => crates.includes(krate) && type.test(rest));
  const inner = row?.inner(ty.args) ?? [];
  return inner.length === 0 ? null : inner;
}
