import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ParseOutput,
  parseAssay,
  parseAsyncDoctor,
  parseCargoPerf,
  parseCompilerMessages,
  parseDeslop,
  parseGruff,
  parseLockbud,
  parsePublishedDiagnostics,
  parseRustDoctor,
} from './peer-outputs.ts';

const fixtures = new URL('../../tests/fixtures/peer-outputs/', import.meta.url);

/** A line for each finding: the file once, then its lint and its spans. */
function drawn(parse: ParseOutput, fixture: string, root = '/corpus'): string {
  const { value, problems } = parse(readFileSync(new URL(fixture, fixtures), 'utf8'), root);
  const lines = value.map(({ file, lint, spans, isNote }) => {
    const at = spans.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(' ');
    return `${file} ${at}: ${lint}${isNote ? ' (note)' : ''}`;
  });
  return [...lines, ...problems.map(({ what }) => `problem: ${what}`)].join('\n');
}

test('clippy: primary span first, and unused futures told from unused results', () => {
  expect(drawn(parseCompilerMessages, 'clippy-0.1.95.jsonl')).toMatchInlineSnapshot(`
    "pairs/larder/src/lib.rs 16 17: clippy::await_holding_lock
    pairs/larder/src/lib.rs 22 23: clippy::await_holding_refcell_ref
    pairs/larder/src/lib.rs 39: clippy::let_underscore_future
    pairs/larder/src/lib.rs 40: unused_must_use (future)"
  `);
});

test('cargo-async-doctor', () => {
  expect(drawn(parseAsyncDoctor, 'cargo-async-doctor-1.0.1.json')).toMatchInlineSnapshot(`
    "pairs/larder/src/lib.rs 28: blocking-sleep-in-async
    pairs/larder/src/lib.rs 29: blocking-std-api-in-async
    pairs/larder/src/lib.rs 67: blocking-sleep-in-async"
  `);
});

test('lockbud: reports between the compiler’s own lines', () => {
  expect(drawn(parseLockbud, 'lockbud-2ebd731.txt')).toMatchInlineSnapshot(
    `"pairs/larder/src/lib.rs 44 49: DoubleLock"`,
  );
});

test('cargo-perf', () => {
  expect(drawn(parseCargoPerf, 'cargo-perf-0.5.4.json')).toMatchInlineSnapshot(`
    "pairs/larder/src/lib.rs 67: async-block-in-async
    pairs/larder/src/lib.rs 66: lock-across-await"
  `);
});

test('async-rust-lsp: lines from 0', () => {
  expect(drawn(parsePublishedDiagnostics, 'async-rust-lsp-0.3.1.jsonl')).toMatchInlineSnapshot(`
    "pairs/larder/src/lib.rs 34: async-rust/mutex-across-await
    pairs/larder/src/lib.rs 66: async-rust/mutex-across-await
    pairs/larder/src/lib.rs 57: async-rust/cancel-unsafe-in-select"
  `);
});

test('rust-doctor: only what has a span, clippy’s lints among it', () => {
  expect(drawn(parseRustDoctor, 'rust-doctor-0.9.0.json')).toMatchInlineSnapshot(`
    "src/lib.rs 16: clippy::await_holding_lock
    src/lib.rs 16: clippy::unwrap_used
    src/lib.rs 22: clippy::await_holding_refcell_ref
    src/lib.rs 27-30: clippy::unused_async
    src/lib.rs 28: rust_doctor::source::blocking_call_in_async
    src/lib.rs 29: rust_doctor::source::blocking_call_in_async
    src/lib.rs 40: unused_must_use (future)
    src/lib.rs 44: clippy::unwrap_used
    src/lib.rs 49: clippy::unwrap_used
    src/lib.rs 67: rust_doctor::source::blocking_call_in_async"
  `);
});

test('deslop', () => {
  expect(drawn(parseDeslop, 'deslop-0.2.0.json')).toMatchInlineSnapshot(`
    "src/lib.rs 9: rust_mutex_wrapped_collection
    src/lib.rs 16: rust_async_std_mutex_await
    src/lib.rs 16: rust_lock_across_await
    src/lib.rs 27: rust_blocking_io_in_async
    src/lib.rs 28: rust_blocking_io_in_async
    src/lib.rs 29: rust_blocking_io_in_async
    src/lib.rs 29: rust_unbounded_read_to_string
    src/lib.rs 33: rust_async_std_mutex_await
    src/lib.rs 33: rust_lock_across_await
    src/lib.rs 56: rust_async_missing_fuse_pin
    src/lib.rs 56: rust_async_recreate_future_in_select
    src/lib.rs 64: rust_blocking_io_in_async
    src/lib.rs 65: rust_async_std_mutex_await
    src/lib.rs 65: rust_lock_across_await
    src/lib.rs 67: rust_blocking_io_in_async"
  `);
});

test('gruff-rs', () => {
  expect(drawn(parseGruff, 'gruff-rs-0.5.0.json')).toMatchInlineSnapshot(`
    "src/lib.rs 15: concurrency.lock-across-await
    src/lib.rs 26: concurrency.blocking-call-in-async
    src/lib.rs 31: concurrency.lock-across-await
    src/lib.rs 63: concurrency.blocking-call-in-async
    Cargo.toml 1: dependency.missing-package-metadata
    README.md 1: docs.missing-readme"
  `);
});

test('Assay: steps in the same file are spans, and notes are kept apart', () => {
  expect(drawn(parseAssay, 'assay-0.1.0.json')).toMatchInlineSnapshot(`
    "pairs/larder/src/lib.rs 16 16 17 19: async/guard-held-across-await
    pairs/larder/src/lib.rs 22 22 23 25: async/borrow-held-across-await
    pairs/larder/src/lib.rs 45 44 45 49: async/lock-order-across-await
    pairs/larder/src/lib.rs 28: async/blocking-call
    pairs/larder/src/lib.rs 67: async/blocking-call
    pairs/larder/src/lib.rs 29: async/blocking-call (note)
    pairs/larder/src/lib.rs 33 33 34 36: async/guard-held-across-await (note)
    pairs/larder/src/lib.rs 65 65 66 69: async/guard-held-across-await (note)"
  `);
});

const span = {
  file_name: '/registry/tokio/src/macros/select.rs',
  is_primary: true,
  line_start: 9,
  line_end: 9,
};
const message = { message: 'holds a lock', code: { code: 'clippy::await_holding_lock' }, children: [] };

test('a place inside a macro of another crate is where the workspace calls it', () => {
  const called = { ...span, file_name: 'pairs/larder/src/lib.rs', line_start: 4, line_end: 6 };
  const json = (expansion: unknown) =>
    JSON.stringify({ reason: 'compiler-message', message: { ...message, spans: [{ ...span, expansion }] } });
  const read = (text: string) =>
    parseCompilerMessages(text, '/corpus').value.map(({ file, spans }) => [file, spans]);
  expect(read(json({ span: called }))).toEqual([['pairs/larder/src/lib.rs', [[4, 6]]]]);
  expect(read(json(null))).toEqual([]);
});

test('what is not JSON is a problem with its line', () => {
  expect(parseCompilerMessages('{"reason":"build-finished"}\nerror: no\n', '/corpus').problems).toEqual([
    { what: 'not a JSON value', line: 2 },
  ]);
  expect(parseAsyncDoctor('error: no', '/corpus').problems).toEqual([{ what: 'not a JSON value' }]);
});

describe('any text is read without a throw', () => {
  const parsers: ParseOutput[] = [
    parseAssay,
    parseAsyncDoctor,
    parseCargoPerf,
    parseCompilerMessages,
    parseDeslop,
    parseGruff,
    parseLockbud,
    parsePublishedDiagnostics,
    parseRustDoctor,
  ];
  for (const parse of parsers)
    test(parse.name, () => {
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.json()), text => {
          expect(Array.isArray(parse(text, '/corpus').value)).toBe(true);
        }),
      );
    });
});
