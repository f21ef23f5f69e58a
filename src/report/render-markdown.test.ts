import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { fencedBlock, htmlMessage, markdownMessage } from './markdown-inline.ts';
import { renderMarkdown } from './render-markdown.ts';
import { arbitraryReport, heldGuard, nastyText, richReport } from './sample-report.ts';

test('a comment', () => {
  expect(`\n${renderMarkdown(richReport)}`).toMatchInlineSnapshot(`
    "
    ## Assay: 1 error, 3 notes (1 suppressed, 1 in the baseline); 5 unknowns; 1 failed tool

    <details><summary><b>cargo: could not compile <code>broken</code></b></summary>

    \`\`\`text
    error[E0425]: cannot find value \`x\`
     --> src/lib.rs:1:12
    bold
    \`\`\`

    </details>

    | | where | what | rule |
    | --- | --- | --- | --- |
    | error | \`src/server.rs:6\` | \`std::sync::MutexGuard\` \`g\` is held across an await | \`async/guard-held-across-await\`, proved |
    | note | 2 places | \`…\` is not cancel safe in \`select!\` | \`async/not-cancel-safe\`, likely |
    | note | \`src/c.rs:3\` | a branch of \`select!\` loses \`rx\` | \`async/select-drops-message\`, likely |

    <details><summary><code>src/server.rs:6</code> <code>std::sync::MutexGuard</code> <code>g</code> is held across an await</summary>

    \`\`\`text
    error: \`std::sync::MutexGuard\` \`g\` is held across an await
     --> src/server.rs:6:9
      |
    6 |     let mut g = m.lock().unwrap();
      |         ^^^^^   -------- the lock is taken here
      |         |
      |         the guard \`g\` lives until \`drop\`
    7 |     *g += 1;
    8 |     io().await;
      |          ----- it is held here
      |
      = note: another task on this thread that locks \`m\` waits for ever
      = help: drop the guard before the await, or use \`tokio::sync::Mutex\`
      = note: \`async/guard-held-across-await\`, proved
    \`\`\`

    </details>

    <b>Build</b>: 12.3 s of wall time on 2 cores; the critical path is 9.9 s of it and ends in linking \`shop\`.<br><sub>wall time 12.3 s · CPU time 3 min 25 s · parallelism 1.64 · units 1,204 · artifacts 1.5 GiB</sub>

    <details><summary>Build in detail</summary>

    \`\`\`text
    Longest units
    unit          what    time  codegen
    syn 2.0.101   lib   4.20 s   1.10 s
    tokio 1.45.0  lib   3.90 s        –
    … 1 more row

    Timeline: the critical path in a build of 12.0 s
    syn 2.0.101 lib        6.00 s  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
    shop 0.1.0 bin "shop"  6.00 s                                     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

    What waits for syn
    syn  6.00 s
    ├── serde_derive  2.00 s
    │   └── shop
    └── tokio-macros

    How it was measured
    cargo build, cold, in a target directory of its own
    \`\`\`

    </details>

    <b>Async</b>: 1 guard held across an await in 312 async bodies, 1,204 awaits.

    <b>Certify</b>: Nothing was asked for.

    <b>Embed</b>: No firmware in this workspace.

    <details><summary>What could not be seen</summary>

    - 3 × async: call through dyn Future in shop::run: the callee is not known statically
    - 2 × workspace: timings.html: a row without a name: this part could not be used

    </details>

    <sub>Assay 0.1.0, rustc 1.95.0</sub>
    "
  `);
});

test('nothing found', () => {
  const { build: _build, certify: _certify, embed: _embed, ...rest } = richReport;
  const async = { title: 'Async', summary: 'No findings in 312 async bodies, 1,204 awaits.', blocks: [] };
  expect(renderMarkdown({ ...rest, async, findings: [], failures: [], unknowns: [] })).toMatchInlineSnapshot(`
    "## Assay: no findings

    <b>Async</b>: No findings in 312 async bodies, 1,204 awaits.

    <sub>Assay 0.1.0, rustc 1.95.0</sub>
    "
  `);
});

test('messages cannot become markup', () => {
  const messages = [
    '`Vec<T>` is held | <b>bold</b> & *stars*',
    '`a|b` and `` ` ``',
    'one ` alone <script>',
    'asks @octocat about #12',
    '- list\n# heading',
    '[link](https://example.org) ![image](x) $x$ ~~gone~~',
  ];
  expect(`\n${messages.map(markdownMessage).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    \`Vec<T>\` is held &#124; &#60;b&#62;bold&#60;/b&#62; &#38; &#42;stars&#42;
    &#96;a&#124;b&#96; and &#96;&#96; &#96; &#96;&#96;
    one &#96; alone &#60;script&#62;
    asks @<!-- -->octocat about #<!-- -->12
    &#45; list # heading
    &#91;link&#93;(https://example.org) &#33;&#91;image&#93;(x) &#36;x&#36; &#126;&#126;gone&#126;&#126;
    "
  `);
  expect(`\n${messages.map(htmlMessage).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    <code>Vec&#60;T&#62;</code> is held &#124; &#60;b&#62;bold&#60;/b&#62; &#38; &#42;stars&#42;
    &#96;a&#124;b&#96; and &#96;&#96; &#96; &#96;&#96;
    one &#96; alone &#60;script&#62;
    asks @<!-- -->octocat about #<!-- -->12
    &#45; list # heading
    &#91;link&#93;(https://example.org) &#33;&#91;image&#93;(x) &#36;x&#36; &#126;&#126;gone&#126;&#126;
    "
  `);
});

test('a fence is longer than what it holds', () => {
  expect(fencedBlock(['a', '```', '`````'])).toMatchInlineSnapshot(`
    "\`\`\`\`\`\`text
    a
    \`\`\`
    \`\`\`\`\`
    \`\`\`\`\`\`"
  `);
});

test('what does not fit is left out and counted', () => {
  const findings = Array.from({ length: 400 }, (_, index) => ({
    ...heldGuard,
    message: `guard number ${index} is held across an await`,
  }));
  const markdown = renderMarkdown({ ...richReport, failures: [], findings });
  expect(markdown.length).toBeLessThanOrEqual(65_536);
  // Most of the room is used.
  expect(markdown.length).toBeGreaterThan(50_000);
  const rows = markdown.match(/^\| error \|/gm)!.length;
  const details = markdown.match(/^<details><summary><code>src/gm)!.length;
  expect(rows).toBeGreaterThan(100);
  expect(details).toBeGreaterThan(20);
  expect(markdown).toContain(`${400 - rows} more rows left out`);
  expect(markdown).toContain(`details of ${400 - details} more findings left out`);
});

/** Whether every fence and every details element that is opened is closed, and none is closed that is not open. */
function unbalanced(markdown: string): string | null {
  let fence: string | null = null;
  let depth = 0;
  for (const line of markdown.split('\n')) {
    const run = /^`{3,}/.exec(line)?.[0];
    if (fence !== null) {
      if (run !== undefined && run.length >= fence.length && line === run) fence = null;
      continue;
    }
    if (run !== undefined) {
      fence = run;
      continue;
    }
    depth += (line.match(/<details>/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
    if (depth < 0) return `closed too often: ${line}`;
  }
  return fence !== null ? `open fence ${fence}` : depth > 0 ? 'open details' : null;
}

const manyFindings: fc.Arbitrary<Report> = fc
  .record({
    report: arbitraryReport,
    repeat: fc.constantFrom(1, 40, 300),
    tail: nastyText,
    long: fc.nat(3000),
  })
  .map(({ report, repeat, tail, long }) => ({
    ...report,
    findings: Array.from({ length: repeat }, () => report.findings).flat(),
    failures: report.failures.map(failure => ({ ...failure, output: `${tail}\n`.repeat(long) })),
    unknowns: Array.from({ length: repeat }, () => report.unknowns).flat(),
  }));

test('no comment is longer than the limit, and every fence is closed', () => {
  fc.assert(
    fc.property(manyFindings, fc.constantFrom(4_000, 20_000, 65_536), (report, lengthMax) => {
      const markdown = renderMarkdown(report, { lengthMax });
      expect(markdown.length).toBeLessThanOrEqual(lengthMax);
      expect(unbalanced(markdown)).toBeNull();
      for (const line of markdown.split('\n')) {
        if (/^\| (error|warning|note) \|/.test(line)) expect(line.match(/(?<!\\)\|/g)).toHaveLength(5);
      }
    }),
    { numRuns: 40 },
  );
});
