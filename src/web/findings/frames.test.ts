import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import { type Frame, framesOf, sourceLines } from './frames.ts';
import { linePieces } from './line-pieces.ts';
import { rustTokens } from './rust-tokens.ts';

const source = `use std::sync::Mutex;

struct Orchard {
    pears: Mutex<u32>,
}

impl Orchard {
    async fn pick(&self) {
        let guard = self.pears.lock().unwrap();
        log("🍐", &guard);
        basket().await;
    }
}`.split('\n');

function span(
  file: string,
  startLine: number,
  startColumn: number,
  endLine: number,
  endColumn: number,
): Location {
  return { file, startLine, startColumn, endLine, endColumn };
}

function finding(location: Location, steps: Location[]): Finding {
  return {
    rule: 'async/guard-held-across-await',
    severity: 'error',
    confidence: 'proved',
    message: 'held',
    location,
    steps: steps.map((at, index) => ({ location: at, message: `step ${index + 1}` })),
    evidence: [],
    fingerprint: '0',
  };
}

/** Spans stand in brackets with their number; `=n` after a line is a label below it. */
function drawn(frames: readonly Frame[]): string {
  const out: string[] = [];
  for (const frame of frames) {
    out.push(`--> ${frame.file}`);
    for (const row of frame.rows) {
      if (row.kind === 'gap') {
        out.push('...');
        continue;
      }
      const pieces = linePieces(row.text, row.marks, []);
      const text = pieces.map(piece =>
        piece.spans.length === 0 ? piece.text : `[${piece.spans.join('+')}:${piece.text}]`,
      );
      const labels = row.labels.map(label => ` =${label.span}@${label.column}`);
      out.push(`${String(row.line).padStart(2)} | ${text.join('')}${labels.join('')}`.trimEnd());
    }
    for (const { span: number, location } of frame.missing)
      out.push(`missing ${number}: line ${location.startLine}`);
  }
  return out.join('\n');
}

const lines = sourceLines([{ file: 'src/orchard.rs', startLine: 1, lines: source }]);

test('a primary span and its steps, in order of lines', () => {
  const frames = framesOf(
    finding(span('src/orchard.rs', 9, 13, 9, 18), [
      span('src/orchard.rs', 9, 32, 9, 38),
      span('src/orchard.rs', 11, 18, 11, 23),
    ]),
    lines,
  );
  expect(drawn(frames)).toMatchInlineSnapshot(`
    "--> src/orchard.rs
     6 |
     7 | impl Orchard {
     8 |     async fn pick(&self) {
     9 |         let [0:guard] = self.pears.[1:lock()].unwrap(); =0@13 =1@32
    10 |         log("🍐", &guard);
    11 |         basket().[2:await]; =2@18
    12 |     }
    13 | }"
  `);
});

test('one left-out line is shown rather than announced', () => {
  const frames = framesOf(
    finding(span('src/orchard.rs', 1, 5, 1, 20), [span('src/orchard.rs', 9, 13, 9, 18)]),
    lines,
  );
  expect(drawn(frames).split('\n')).toContain(' 5 | }');
  expect(drawn(frames)).not.toContain('...');
});

test('more become a gap, and a line that the report lacks is said to be missing', () => {
  const frames = framesOf(
    finding(span('src/orchard.rs', 1, 5, 1, 20), [
      span('src/orchard.rs', 12, 5, 12, 6),
      span('src/pear.rs', 4, 1, 4, 2),
    ]),
    lines,
  );
  expect(drawn(frames)).toMatchInlineSnapshot(`
    "--> src/orchard.rs
     1 | use [0:std::sync::Mute]x; =0@5
     2 |
     3 | struct Orchard {
     4 |     pears: Mutex<u32>,
    ...
     9 |         let guard = self.pears.lock().unwrap();
    10 |         log("🍐", &guard);
    11 |         basket().await;
    12 |     [1:}] =1@5
    13 | }
    --> src/pear.rs
    missing 2: line 4"
  `);
});

test('a span of several lines, overlapped by a step, columns counted past an emoji', () => {
  const frames = framesOf(
    finding(span('src/orchard.rs', 8, 5, 12, 6), [span('src/orchard.rs', 10, 18, 10, 24)]),
    lines,
  );
  expect(drawn(frames)).toMatchInlineSnapshot(`
    "--> src/orchard.rs
     5 | }
     6 |
     7 | impl Orchard {
     8 |     [0:async fn pick(&self) {]
     9 |         [0:let guard = self.pears.lock().unwrap();]
    10 |         [0:log("🍐", ][0+1:&guard][0:);] =1@18
    11 |         [0:basket().await;]
    12 |     [0:}] =0@5
    13 | }"
  `);
});

test('a span past the end of its line is still seen', () => {
  expect(drawn(framesOf(finding(span('src/orchard.rs', 2, 1, 2, 1), []), lines)).split('\n')[2]).toBe(
    ' 2 | [0: ] =0@1',
  );
});

test('marks and tokens never change the text of a line', () => {
  const column = fc.integer({ min: 1, max: 40 });
  const marks = fc.array(
    fc.record({
      startColumn: column,
      endColumn: fc.oneof(column, fc.constant(Number.POSITIVE_INFINITY)),
      span: fc.nat(5),
    }),
    { maxLength: 4 },
  );
  const text = fc.string({ unit: fc.constantFrom('a', '"', "'", '/', '*', ' ', '🍐', 'fn', 'ش', 'r', '#') });
  fc.assert(
    fc.property(text, marks, (line, spans) => {
      const pieces = linePieces(line, spans, rustTokens(line));
      expect(
        pieces
          .map(piece => piece.text)
          .join('')
          .trimEnd(),
      ).toBe(line.trimEnd());
    }),
  );
});

test('controls are named instead of obeyed', () => {
  const pieces = linePieces('if \u202eadmin', [], []);
  expect(pieces.map(piece => (piece.control ? `[${piece.text}]` : piece.text)).join('')).toBe(
    'if [U+202E]admin',
  );
});

test.each([
  ["fn f<'a>(c: char) { c == 'a' } // it's", "{fn} f<'a>(c: char) { c == <'a'> } (// it's)"],
  [
    'let url = "https://example.org/\\"x"; /* a */ let b',
    '{let} url = <"https://example.org/\\"x">; (/* a */) {let} b',
  ],
  ['r#"a "quote" b"# r#type awaiting .await', '<r#"a "quote" b"#> r#type awaiting .{await}'],
  ["'\\u{1F350}' '🍐' b'x' '\\''", "<'\\u{1F350}'> <'🍐'> <b'x'> <'\\''>"],
])('tokens of %s', (line, marked) => {
  const brackets = { keyword: '{}', string: '<>', comment: '()' };
  let out = '';
  let at = 0;
  for (const token of rustTokens(line)) {
    out +=
      line.slice(at, token.start) +
      brackets[token.kind][0] +
      line.slice(token.start, token.end) +
      brackets[token.kind][1];
    at = token.end;
  }
  expect(out + line.slice(at)).toBe(marked);
});
