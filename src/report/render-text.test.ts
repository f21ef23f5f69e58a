import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { plainPalette } from './palette.ts';
import { renderText, type TextOptions } from './render-text.ts';
import { buildSection, heldGuard, richReport } from './sample-report.ts';

function draw(report: Report, options: Partial<TextOptions> = {}): string {
  const text = renderText(report, {
    palette: plainPalette,
    width: 90,
    verbose: false,
    quiet: false,
    ...options,
  });
  return `\n${text}`;
}

const quietReport: Report = {
  ...richReport,
  findings: [],
  build: undefined!,
  async: { title: 'Async', summary: 'No findings in 312 async bodies, 1,204 awaits.', blocks: [] },
  certify: undefined!,
  embed: undefined!,
  unknowns: [],
  failures: [],
  notices: [],
};

test('a whole report', () => {
  expect(draw(richReport)).toMatchInlineSnapshot(`
    "
    error: cargo: could not compile \`broken\`
    error[E0425]: cannot find value \`x\`
     --> src/lib.rs:1:12
    bold

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

    note: 2 × \`…\` is not cancel safe in \`select!\` (\`async/not-cancel-safe\`, likely)
    note: a branch of \`select!\` loses \`rx\`
          (\`async/select-drops-message\`, likely, at src/c.rs:3:5)
      = help: \`-v\` shows notes with their source

    Build
      12.3 s of wall time on 2 cores; the critical path is 9.9 s of it and ends in linking
      \`shop\`.

      Measures
      wall time        12.3 s  single run
      CPU time     3 min 25 s
      parallelism        1.64
      units             1,204
      artifacts       1.5 GiB

      Longest units
      unit          what    time  codegen
      syn 2.0.101   lib   4.20 s   1.10 s
      tokio 1.45.0  lib   3.90 s        –
      … 1 more row

      Timeline: the critical path in a build of 12.0 s
      syn 2.0.101 lib        6.00 s  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      shop 0.1.0 bin "shop"  6.00 s                               ━━━━━━━━━━━━━━━━━━━━━━━━━━━━

      What waits for syn
      syn  6.00 s
      ├── serde_derive  2.00 s
      │   └── shop
      └── tokio-macros

      How it was measured
      cargo build, cold, in a target directory of its own

    Async
      1 guard held across an await in 312 async bodies, 1,204 awaits.

    Certify
      Nothing was asked for.

    Embed
      No firmware in this workspace.

    Unknown: 5 things that could not be seen
      3 × async: call through dyn Future in shop::run: the callee is not known statically
      2 × workspace: timings.html: a row without a name: this part could not be used

    note: recorded evidence was judged: no Rust toolchain was found

    assay: 1 error, 3 notes (1 suppressed, 1 in the baseline); 5 unknowns; 1 failed tool
    "
  `);
});

test('a verbose report shows what does not count, what findings rest on, and all rows', () => {
  const report: Report = { ...richReport, failures: [], findings: richReport.findings.slice(1, 4) };
  expect(draw(report, { verbose: true })).toMatchInlineSnapshot(`
    "
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
      = note: in \`shop::count\`
      = note: rests on mir: \`_4\` is initialized at the yield in bb7
      = note: allowed at src/server.rs:5:1: one task only
      = note: \`async/guard-held-across-await\`, proved

    warning: \`std::sync::MutexGuard\` \`g\` is held across an await
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
      = note: in \`shop::count\`
      = note: rests on mir: \`_4\` is initialized at the yield in bb7
      = note: in the baseline
      = note: \`async/guard-held-across-await\`, proved

    note: \`alpha\` is not cancel safe in \`select!\`
     --> src/a.rs:3:5
      |
      = note: rests on table: cancel-safety.json
      = note: \`async/not-cancel-safe\`, likely

    Build
      12.3 s of wall time on 2 cores; the critical path is 9.9 s of it and ends in linking
      \`shop\`.

      Measures
      wall time        12.3 s  single run
      CPU time     3 min 25 s
      parallelism        1.64
      units             1,204
      artifacts       1.5 GiB

      Longest units
      unit          what          time  codegen
      syn 2.0.101   lib         4.20 s   1.10 s
      tokio 1.45.0  lib         3.90 s        –
      shop 0.1.0    bin "shop"  2.10 s   1.90 s

      Timeline: the critical path in a build of 12.0 s
      syn 2.0.101 lib        6.00 s  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      shop 0.1.0 bin "shop"  6.00 s                               ━━━━━━━━━━━━━━━━━━━━━━━━━━━━

      What waits for syn
      syn  6.00 s
      ├── serde_derive  2.00 s
      │   └── shop
      └── tokio-macros

      How it was measured
      cargo build, cold, in a target directory of its own

    Async
      1 guard held across an await in 312 async bodies, 1,204 awaits.

    Certify
      Nothing was asked for.

    Embed
      No firmware in this workspace.

    Unknown: 5 things that could not be seen
      3 × async: call through dyn Future in shop::run: the callee is not known statically
      2 × workspace: timings.html: a row without a name: this part could not be used

    Provenance
      cargo check --workspace (cargo 1.95.0, 12.3 s, exit code 101)
      rustc -vV (rustc 1.95.0, 0.02 s)

    note: recorded evidence was judged: no Rust toolchain was found

    assay: 1 note (1 suppressed, 1 in the baseline); 5 unknowns
    "
  `);
});

test('quiet: findings only', () => {
  expect(
    draw({ ...richReport, failures: [], findings: [heldGuard] }, { quiet: true }),
  ).toMatchInlineSnapshot(`
    "
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
    "
  `);
});

test('quiet and nothing found: nothing', () => {
  expect(renderText(quietReport, { palette: plainPalette, width: 80, verbose: false, quiet: true })).toBe('');
});

test('nothing found: what was looked at', () => {
  expect(draw(quietReport)).toMatchInlineSnapshot(`
    "
    Async
      No findings in 312 async bodies, 1,204 awaits.

    assay: no findings
    "
  `);
});

test("a tool's colours pass where there is colour, and nothing else that a terminal obeys", () => {
  const failures = [{ tool: 'cargo', message: 'failed', output: '\u001b[1mbold\u001b[0m \u001b[2J\u009b2J' }];
  const drawn = (colour: boolean): string =>
    draw({ ...quietReport, failures }, { quiet: true, palette: { ...plainPalette, colour } }).replaceAll(
      '\u001b',
      'ESC',
    );
  expect(drawn(true)).toMatchInlineSnapshot(`
    "
    error: cargo: failed
    ESC[1mboldESC[0m ␛[2J�2J
    "
  `);
  expect(drawn(false)).toMatchInlineSnapshot(`
    "
    error: cargo: failed
    bold ␛[2J�2J
    "
  `);
});

test('a narrow terminal: words are broken between, where nothing is piped', () => {
  const report = { ...quietReport, findings: [heldGuard], excerpts: richReport.excerpts };
  const section = {
    title: 'Async',
    summary: 'One hazard.',
    blocks: [
      {
        kind: 'measures',
        measures: [
          {
            label: 'awaits',
            value: 81,
            unit: 'count',
            note: 'points where a body can be suspended, or be dropped',
          },
        ],
      },
    ],
  } as const;
  expect(draw({ ...report, async: section }, { width: 50 })).toMatchInlineSnapshot(`
    "
    error: \`std::sync::MutexGuard\` \`g\` is held across
           an await
     --> src/server.rs:6:9
      |
    6 | ...let mut g = m.lock().unwrap();
      |        ^^^^^   -------- the lock is taken here
      |        |
      |        the guard \`g\` lives until \`drop\`
    7 | ...*g += 1;
    8 | ...io().await;
      |         ----- it is held here
      |
      = note: another task on this thread that locks
              \`m\` waits for ever
      = help: drop the guard before the await, or use
              \`tokio::sync::Mutex\`
      = note: \`async/guard-held-across-await\`, proved

    Async
      One hazard.

      awaits  81  points where a body can be
                  suspended, or be dropped

    assay: 1 error
    "
  `);
  const piped = draw({ ...report, async: section }, { width: Infinity });
  for (const text of [...(heldGuard.notes ?? []), ...(heldGuard.help ?? [])])
    expect(piped).toContain(`: ${text}\n`);
});

test('a narrow terminal: tables give up text before numbers', () => {
  expect(
    draw({ ...quietReport, async: undefined!, build: buildSection }, { width: 40 }),
  ).toMatchInlineSnapshot(`
    "
    Build
      12.3 s of wall time on 2 cores; the
      critical path is 9.9 s of it and ends
      in linking \`shop\`.

      Measures
      wall time        12.3 s  single run
      CPU time     3 min 25 s
      parallelism        1.64
      units             1,204
      artifacts       1.5 GiB

      Longest units
      unit          what    time  codegen
      syn 2.0.101   lib   4.20 s   1.10 s
      tokio 1.45.0  lib   3.90 s        –
      … 1 more row

      Timeline: the critical path in a build of 12.0 s
      syn 2.0.101 lib        6.00 s  ━━━━━
      shop 0.1.0 bin "shop"  6.00 s       ━━━━━

      What waits for syn
      syn  6.00 s
      ├── serde_derive  2.00 s
      │   └── shop
      └── tokio-macros

      How it was measured
      cargo build, cold, in a target directory of its own

    assay: no findings
    "
  `);
});

test('more unknowns than a reader takes in are counted', () => {
  const unknowns = Array.from({ length: 12 }, (_, index) => ({
    area: 'async' as const,
    what: `call through a pointer in shop::f${index}`,
    why: 'the callee is not known statically',
    count: 1,
  }));
  expect(
    draw({ ...quietReport, async: undefined!, unknowns })
      .split('\n')
      .slice(-4)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "  … 2 more kinds

    assay: no findings; 12 unknowns
    "
  `);
});
