/**
 * Which hazards each lint tells its user of, in the names of Assay's rules. A lint gets the hazards that its documentation
 * describes, and where that is open to argument it gets them too. Lints that are not listed are about none: clippy's
 * `unused_async` and `redundant_async_block` are about style, `future_not_send` is about a bound, and rustc's
 * `let_underscore_lock` is about a lock that is held too short and not too long.
 */
const guard = ['guard-held-across-await', 'lock-order-across-await', 'futurelock'];
const asyncGuard = [...guard, 'select-arm-awaits'];
const doubleLock = ['guard-held-across-await', 'lock-order-across-await', 'lock-retaken-in-drop'];
const cancelled = ['not-cancel-safe-in-select', 'lost-on-cancel', 'half-done-on-cancel'];
const blocking = ['blocking-call'];

const hazardsByLint = new Map<string, readonly string[]>([
  // https://rust-lang.github.io/rust-clippy/ and https://doc.rust-lang.org/rustc/lints/
  ['clippy::await_holding_lock', guard],
  ['clippy::await_holding_refcell_ref', ['borrow-held-across-await']],
  ['clippy::await_holding_invalid_type', [...guard, 'borrow-held-across-await']],
  ['clippy::let_underscore_future', ['unawaited-future', 'detached-task']],
  ['clippy::async_yields_async', ['unawaited-future']],
  ['clippy::large_futures', ['large-future']],
  ['clippy::if_let_mutex', doubleLock],
  ['clippy::significant_drop_in_scrutinee', [...doubleLock, ...guard, 'borrow-held-across-await']],
  ['clippy::disallowed_methods', blocking],
  ['unused_must_use (future)', ['unawaited-future']],
  // cargo-async-doctor 1.0.1
  ['blocking-sleep-in-async', blocking],
  ['blocking-std-api-in-async', blocking],
  ['sync-async-bridge-hazard', blocking],
  // cargo-perf 0.5.4
  ['async-block-in-async', blocking],
  ['lock-across-await', asyncGuard],
  ['unbounded-spawn', ['detached-task']],
  // async-rust-lsp 0.3.1
  ['async-rust/mutex-across-await', asyncGuard],
  ['async-rust/cancel-unsafe-in-select', cancelled],
  // rust-doctor 0.9.0, besides clippy's
  ['rust_doctor::source::blocking_call_in_async', blocking],
  ['rust_doctor::source::block_on_in_async', blocking],
  ['rust_doctor::source::block_in_place_on_current_thread', blocking],
  // lockbud at commit 2ebd731
  ['DoubleLock', doubleLock],
  ['ConflictLock', doubleLock],
  ['CondvarDeadlock', blocking],
  // deslop 0.2.0
  ['rust_async_std_mutex_await', guard],
  ['rust_lock_across_await', asyncGuard],
  ['rust_async_hold_permit_across_await', asyncGuard],
  ['rust_async_lock_order_cycle', doubleLock],
  ['rust_large_future_stack', ['large-future']],
  ['rust_async_invariant_broken_at_await', cancelled],
  ['rust_async_recreate_future_in_select', cancelled],
  ['rust_async_missing_fuse_pin', [...cancelled, 'select-arm-awaits', 'futurelock']],
  ['rust_async_spawn_cancel_at_await', ['detached-task', ...cancelled]],
  ['rust_detached_spawn_without_handle', ['detached-task']],
  ['rust_async_monopolize_executor', blocking],
  ['rust_async_blocking_drop', blocking],
  ['rust_blocking_io_in_async', blocking],
  ['rust_blocking_drop', blocking],
  ['rust_block_in_place_request_path', blocking],
  // gruff-rs 0.5.0
  ['concurrency.blocking-call-in-async', blocking],
  ['concurrency.lock-across-await', asyncGuard],
]);

/** Empty for a lint that is about none of them. A rule of Assay's is about the hazard that it is named for, and no other. */
export function hazardsOf(lint: string): readonly string[] {
  return lint.startsWith('async/') ? [lint.slice('async/'.length)] : (hazardsByLint.get(lint) ?? []);
}
