import { expect, test } from 'vitest';
import type { Body } from '#model/mir.ts';
import { spanAt } from './span.ts';

function check(printed: string): string {
  const before = 'x = y; // scope 0 at ';
  const body: Body = {
    name: 'f',
    pass: '',
    kind: 'fn',
    yields: null,
    argCount: 0,
    statics: new Map(),
    locals: [],
    debugInfo: [],
    blocks: [],
    text: `${before}${printed}\n}`,
  };
  const span = spanAt(body, before.length);
  return span === null
    ? 'none'
    : `[${span.file}] ${span.startLine}:${span.startColumn} to ${span.endLine}:${span.endColumn}`;
}

test.each([
  ['src/main.rs:14:71: 14:88', '[src/main.rs] 14:71 to 14:88'],
  ['src/main.rs:14:71: 15:3 (#3)', '[src/main.rs] 14:71 to 15:3'],
  ['C:\\Users\\Zoë\\my crate\\src\\a.rs:1:2: 3:4', '[C:\\Users\\Zoë\\my crate\\src\\a.rs] 1:2 to 3:4'],
  ['/tmp/10:20: 30:40/a.rs:1:2: 3:4', '[/tmp/10:20: 30:40/a.rs] 1:2 to 3:4'],
  ['src/梨.rs:1:2: 3:4\r', '[src/梨.rs] 1:2 to 3:4'],
  ['<anon>:1:2: 3:4', '[<anon>] 1:2 to 3:4'],
  ['no-location', 'none'],
  ['src/main.rs:14:71: 1', 'none'],
  ['src/main.rs', 'none'],
  ['', 'none'],
])('%j', (printed, expected) => {
  expect(check(printed)).toBe(expected);
});

test('no span is no location', () => {
  expect(spanAt({ text: 'a:1:1: 1:2' } as Body, -1)).toBe(null);
});
