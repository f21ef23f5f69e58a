import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import { applySuppressions } from './suppression.ts';

const rule = 'async/guard-held-across-await';

/** Findings are marked in the source: `//~` at the end of a line. Prints what became of each, and the complaints. */
function check(source: string, functionName = 'orchard::pick::{closure#0}'): string {
  const findings: Finding[] = source.split('\n').flatMap((line, index) =>
    line.includes('//~')
      ? [
          {
            rule,
            severity: 'error' as const,
            confidence: 'proved' as const,
            message: 'held',
            function: functionName,
            location: {
              file: 'src/lib.rs',
              startLine: index + 1,
              startColumn: 1,
              endLine: index + 1,
              endColumn: 2,
            },
            steps: [],
            evidence: [],
            fingerprint: '0',
          },
        ]
      : [],
  );
  const text = source.replaceAll(/ *\/\/~/g, '');
  return applySuppressions('async', [rule], findings, [{ file: 'src/lib.rs', text }])
    .map(finding => {
      const fate =
        finding.suppressed === undefined ? finding.severity : `allowed: ${finding.suppressed.reason}`;
      return `${finding.location.startLine} ${finding.rule} ${fate}`;
    })
    .join('\n');
}

test('above the line, at its end, or above the function', () => {
  expect(
    check(`
    // assay: allow(async/guard-held-across-await): the map is only touched at start-up
    let a = m.lock(); //~`),
  ).toMatchInlineSnapshot(`"3 async/guard-held-across-await allowed: the map is only touched at start-up"`);
  expect(
    check('let a = m.lock(); // assay: allow(async/guard-held-across-await): single task //~'),
  ).toMatchInlineSnapshot(`"1 async/guard-held-across-await allowed: single task"`);
  expect(
    check(`
// assay: allow(async/guard-held-across-await): one caller, one thread
#[instrument]
/// Picks.
async fn pick() {
    let a = m.lock(); //~
    let b = m.lock(); //~
}`),
  ).toMatchInlineSnapshot(`
    "6 async/guard-held-across-await allowed: one caller, one thread
    7 async/guard-held-across-await allowed: one caller, one thread"
  `);
});

test('another line, another function and a string allow nothing', () => {
  expect(
    check(`
    // assay: allow(async/guard-held-across-await): this one is for the next line
    let calm = 1;
    let a = m.lock(); //~`),
  ).toMatchInlineSnapshot(`
    "4 async/guard-held-across-await error
    2 async/allow-unused note"
  `);
  expect(
    check(`
// assay: allow(async/guard-held-across-await): of another function
async fn plant() {}
async fn pick() {
    let a = m.lock(); //~
}`),
  ).toMatchInlineSnapshot(`
    "5 async/guard-held-across-await error
    2 async/allow-unused note"
  `);
  expect(
    check('let a = m.lock_by("// assay: allow(async/guard-held-across-await): no"); //~'),
  ).toMatchInlineSnapshot(`"1 async/guard-held-across-await error"`);
});

test('a reason is required, the rule must exist', () => {
  expect(
    check('let a = m.lock(); // assay: allow(async/guard-held-across-await) //~'),
  ).toMatchInlineSnapshot(`
    "1 async/guard-held-across-await error
    1 async/allow-without-reason warning"
  `);
  expect(check('let a = m.lock(); // assay: allow(async/guard-held): because //~')).toMatchInlineSnapshot(`
    "1 async/guard-held-across-await error
    1 async/allow-unknown-rule warning"
  `);
  expect(
    check('let a = m.lock(); // assay: allow(guard-held-across-await): because //~'),
  ).toMatchInlineSnapshot(`
    "1 async/guard-held-across-await error
    1 async/allow-unknown-rule warning"
  `);
});

test('in a manifest the comment begins with #, and stands on or above the line of the dependency', () => {
  const text = `[dependencies]
# assay: allow(async/runtime-mixed): the old one is the mail client's alone
# asked upstream
old-tokio = "0.2"
tokio = "1" # assay: allow(async/runtime-mixed)
`;
  const finding = (line: number): Finding => ({
    rule: 'async/runtime-mixed',
    severity: 'note',
    confidence: 'proved',
    message: 'two versions',
    location: { file: 'Cargo.toml', startLine: line, startColumn: 1, endLine: line, endColumn: 6 },
    steps: [],
    evidence: [],
    fingerprint: '0',
  });
  const judged = applySuppressions(
    'async',
    ['async/runtime-mixed'],
    [finding(4), finding(5)],
    [{ file: 'Cargo.toml', text }],
  );
  expect(
    judged.map(
      ({ rule, location, suppressed, help }) =>
        `${location.startLine} ${rule} ${suppressed?.reason ?? 'counts'} ${help ?? ''}`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "4 async/runtime-mixed the old one is the mail client's alone ",
      "5 async/runtime-mixed counts ",
      "5 async/allow-without-reason counts write \`# assay: allow(async/runtime-mixed): why this is right here\`",
    ]
  `);
});
