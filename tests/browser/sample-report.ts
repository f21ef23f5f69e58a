import type { Confidence, Finding, Severity, Step } from '#model/finding.ts';
import type { Excerpt, Location } from '#model/location.ts';
import type { Report } from '#model/report.ts';
import { sampleBuild } from './sample-build.ts';
import { sampleSources } from './sample-sources.ts';

/**
 * A report of realistic size about an invented workspace, the same at every call: 25 findings over three files with long,
 * right-to-left and hostile text, a build of `unitCount` units, unknowns, a failure. Spans are found in the sources.
 */
export function sampleReport({ unitCount = 400 }: { readonly unitCount?: number } = {}): Report {
  return {
    schema: 'assay-report/1',
    assay: { version: '0.1.0' },
    workspace: {
      root: '.',
      members: ['shop-api 0.4.2', 'shop-cli 0.4.2', 'shop-stock 0.4.0'],
      rustc: '1.95.0',
      cargo: '1.95.0',
      host: 'x86_64-unknown-linux-gnu',
    },
    findings: sampleFindings(),
    build: sampleBuild(unitCount),
    async: {
      title: 'Async',
      summary: '62 async bodies were looked at; 9 of them hold a guard over an await.',
      blocks: [
        {
          kind: 'measures',
          measures: [
            { label: 'async bodies', value: 62, unit: 'count' },
            { label: 'await points', value: 311, unit: 'count' },
            {
              label: 'largest future',
              value: 21_344,
              unit: 'bytes',
              note: '`shop_api::session::Sessions::log_out_everybody`',
            },
            { label: 'bodies not read', value: 2, unit: 'count', note: 'see Unknowns' },
          ],
        },
        {
          kind: 'tree',
          title: 'Largest futures',
          roots: [
            {
              label: '`shop_api::main`',
              value: 21_344,
              unit: 'bytes',
              children: [
                {
                  label: '`Sessions::log_out_everybody`',
                  value: 12_040,
                  unit: 'bytes',
                  children: [{ label: '`Mailer::send`', value: 8_112, unit: 'bytes', children: [] }],
                },
                { label: '`axum::serve`', value: 6_904, unit: 'bytes', children: [] },
              ],
            },
            { label: '`Shelf::reserve`', value: 1_208, unit: 'bytes', children: [] },
          ],
        },
        {
          kind: 'text',
          title: 'How to read this',
          lines: ['A future is as large as what it keeps over its largest await: each spawn copies it once.'],
        },
      ],
    },
    unknowns: [
      {
        area: 'async',
        what: 'call through `dyn Future` in `shop_api::main`',
        why: 'the callee is not known statically',
        count: 3,
      },
      {
        area: 'async',
        what: 'macro body in `shop_stock`',
        why: 'its spans lead into another crate',
        count: 2,
      },
      {
        area: 'build',
        what: 'CPU time of build scripts',
        why: 'the build was recorded without it',
        count: 14,
      },
    ],
    failures: [
      {
        tool: 'cargo check',
        message: '`shop-cli` does not compile; its two dependencies in the workspace were judged',
        output: [
          'error[E0308]: mismatched types',
          '  --> crates/cli/src/main.rs:14:24',
          '   |',
          '14 |     let total: Money = order.total();',
          '   |                -----   ^^^^^^^^^^^^^ expected `Money`, found `Option<Money>`',
          '   |                |',
          '   |                expected due to this',
          '',
          'error: could not compile `shop-cli` (bin "shop") due to 1 previous error',
        ].join('\n'),
      },
    ],
    provenance: [
      {
        tool: 'cargo',
        version: '1.95.0 (f2d3ce0bd 2026-03-21)',
        command: 'cargo metadata --format-version 1',
        seconds: 0.214,
        exitCode: 0,
      },
      {
        tool: 'rustc',
        version: '1.95.0 (59807616e 2026-04-14)',
        command: 'CARGO_INCREMENTAL=0 cargo build --workspace --target-dir target/assay',
        seconds: 74.881,
        exitCode: 101,
      },
    ],
    excerpts: sampleExcerpts(),
    notices: ['recorded evidence was judged: it was collected on another machine with `assay collect` 0.1.0'],
  };
}

const sessionFile = 'crates/api/src/session.rs';
const mainFile = 'crates/api/src/main.rs';
const reserveFile = 'crates/stock/src/reserve.rs';

function sampleFindings(): Finding[] {
  const guard = 'async/guard-held-across-await';
  const findings = [
    finding(guard, 'error', 'proved', 'the guard of a `std::sync::Mutex` is held at an await', {
      at: span(sessionFile, 'let mut sessions = self.inner.lock()', 'sessions'),
      label: 'this `MutexGuard<HashMap<u64, Session>>` is alive at the await',
      function: 'shop_api::session::Sessions::touch',
      steps: [
        step(
          sessionFile,
          'let mut sessions = self.inner',
          'self.inner.lock().unwrap()',
          'the guard is created here',
        ),
        step(sessionFile, 'Touched {', 'await', 'the future may be suspended here, with the guard alive'),
        step(sessionFile, 'Some(user)', 'Some(user)', 'it is dropped only at the end of the function'),
      ],
      notes: [
        'every other task that wants this lock blocks its executor thread until this one is resumed',
        'a `std::sync::MutexGuard` is not `Send`: the future cannot be spawned on a multi-threaded runtime',
      ],
      help: ['end the guard’s scope before the await: clone what the message needs, then `drop(sessions)`'],
    }),
    finding(
      guard,
      'error',
      'proved',
      'the guard of a `std::sync::Mutex` is held at an await inside a struct: `Guarded.sessions` keeps the whole map locked while one mail after another is sent, for as long as the slowest mail server takes to answer, and each log-in waits for it',
      {
        at: span(sessionFile, 'let guarded = Guarded', 'guarded'),
        label: "`Guarded<'_>` has a `MutexGuard<HashMap<u64, Session>>` in its field `sessions`",
        function: 'shop_api::session::Sessions::log_out_everybody',
        steps: [
          step(
            sessionFile,
            'let guarded = Guarded',
            'self.inner.lock().unwrap()',
            'the guard is created here and moved into `Guarded`',
          ),
          step(
            sessionFile,
            'sessions: MutexGuard',
            "MutexGuard<'a, HashMap<u64, Session>>",
            'the field that holds it',
          ),
          step(sessionFile, '.await?;', 'await', 'suspended here once per session'),
          step(sessionFile, 'drop(guarded)', 'drop(guarded)', 'dropped here'),
        ],
        notes: ['if the future is dropped at the await, the guard is released and the rest is never told'],
        help: ['collect the users first, drop the guard, then send'],
      },
    ),
    finding(guard, 'error', 'likely', 'the guard of a `parking_lot::RwLock` is held at an await', {
      at: span(reserveFile, 'let items = self.items.read()', 'items'),
      label: 'this `RwLockReadGuard<Vec<Item>>` is alive at the await',
      function: 'shop_stock::reserve::Shelf::reserve',
      steps: [
        step(reserveFile, 'let items = self.items.read()', 'self.items.read()', 'the guard is created here'),
        step(reserveFile, 'store.order_more', 'await', 'suspended here while more is ordered'),
        step(mainFile, 'axum::serve', 'axum::serve(listener, app)', 'called from here, through the router'),
      ],
      help: ['use `tokio::sync::RwLock`, or copy the items that are wanted'],
    }),
    finding('async/blocking-call', 'warning', 'proved', '`std::thread::sleep` blocks the executor thread', {
      at: span(mainFile, 'std::thread::sleep', 'std::thread::sleep(Duration::from_millis(swept as u64))'),
      label: 'no other task of this thread runs meanwhile',
      function: 'shop_api::main::{closure#0}',
      steps: [],
      help: ['use `tokio::time::sleep(…).await`'],
    }),
    finding(
      'async/blocking-call',
      'warning',
      'likely',
      'a file is opened and written on the executor thread, once per event',
      {
        at: span(mainFile, 'std::fs::OpenOptions', 'open("audit.log")'),
        label: 'blocks until the disk answers',
        function: 'shop_api::main::{closure#1}',
        steps: [step(mainFile, 'audit.recv()', 'audit.recv().await', 'in this loop')],
        notes: ['rests on the table of blocking calls, entry `std::fs::OpenOptions::open`'],
      },
    ),
    finding(
      'async/lost-task',
      'warning',
      'proved',
      'the handle of a spawned task is dropped: its panic is never seen',
      {
        at: span(mainFile, 'tokio::spawn(async move {', 'tokio::spawn(async move {'),
        function: 'shop_api::main',
        steps: [],
      },
    ),
    finding(
      'async/hostile-text',
      'note',
      'possible',
      'hostile text stays text: `</script>` <img src=x onerror=alert(1)> <!-- --> مرحبا 👩‍🚀 \u202edesrever',
      {
        at: span(sessionFile, 'admin', '// never the administrator'),
        label: 'تسمية من اليمين إلى اليسار',
        function: 'shop_api::session::🦀::<impl Trait for العربية>::fmt',
        steps: [
          step(mainFile, '🍐', '🍐 الإجاص طازج اليوم', 'النص العربي: a step that begins right to left'),
        ],
        notes: ['$& $1 $` are not patterns here'],
      },
    ),
    {
      ...finding(guard, 'warning', 'possible', 'a guard may be held at an await: the callee is not known', {
        at: span(reserveFile, 'let mut items = self.items.write()', 'items'),
        function: 'shop_stock::reserve::Shelf::release',
        steps: [],
      }),
      suppressed: {
        reason: 'the write below never suspends; measured in #214',
        location: span(reserveFile, 'join_all(reservations', 'join_all'),
      },
    },
    {
      ...finding('async/large-future', 'note', 'proved', 'this future is 21,344 bytes', {
        at: span(sessionFile, 'pub async fn log_out_everybody', 'log_out_everybody'),
        function: 'shop_api::session::Sessions::log_out_everybody',
        steps: [],
      }),
      baseline: 'unchanged' as const,
    },
  ];
  const rest = [
    'build/duplicate-version',
    'build/heavy-build-script',
    'build/unused-feature',
    'async/unbounded-channel',
  ];
  for (let number = findings.length; number < 25; number += 1) {
    const line = 3 + ((number * 7) % 25);
    const file = [mainFile, sessionFile, reserveFile][number % 3]!;
    const wide = sampleSources[file]!.split('\n')[line - 1]!.length;
    findings.push({
      ...finding(
        rest[number % 4]!,
        number % 3 === 0 ? 'warning' : 'note',
        'likely',
        `example number ${number} of what else there may be`,
        {
          at: {
            file,
            startLine: line,
            startColumn: 1,
            endLine: line + (number % 5),
            endColumn: Math.max(wide, 2),
          },
          function: `shop_api::example_${number}`,
          steps: [],
        },
      ),
      ...(number % 8 === 0 ? { baseline: 'unchanged' as const } : {}),
    });
  }
  const order: Severity[] = ['error', 'warning', 'note'];
  return findings
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .map((one, index) => ({
      ...one,
      fingerprint: (0xa55a_0000_1000 + index * 0x9e37).toString(16).padStart(16, '0'),
    }));
}

interface Written {
  readonly at: Location;
  readonly label?: string;
  readonly function: string;
  readonly steps: readonly Step[];
  readonly notes?: readonly string[];
  readonly help?: readonly string[];
}

function finding(
  rule: string,
  severity: Severity,
  confidence: Confidence,
  message: string,
  written: Written,
): Finding {
  const { at, ...rest } = written;
  return {
    rule,
    severity,
    confidence,
    message,
    package: at.file.includes('stock') ? 'shop-stock 0.4.0' : 'shop-api 0.4.2',
    location: at,
    evidence: [
      { kind: 'mir', what: `\`${written.function}\`, bb12: \`yield\` with \`_4\` initialised on every path` },
      ...(confidence === 'likely'
        ? [{ kind: 'table' as const, what: 'data/async/guards.json, reviewed 2026-03-02' }]
        : []),
    ],
    fingerprint: '',
    ...rest,
  };
}

function step(file: string, lineWith: string, text: string, message: string): Step {
  return { location: span(file, lineWith, text), message };
}

/** The first line that holds `lineWith`, and in it the characters of `text`. */
function span(file: string, lineWith: string, text: string): Location {
  const lines = sampleSources[file]!.split('\n');
  const index = lines.findIndex(line => line.includes(lineWith));
  const at = lines[index]?.indexOf(text) ?? -1;
  if (at === -1) throw new Error(`no “${text}” at “${lineWith}” in ${file}`);
  const startColumn = [...lines[index]!.slice(0, at)].length + 1;
  return {
    file,
    startLine: index + 1,
    startColumn,
    endLine: index + 1,
    endColumn: startColumn + [...text].length,
  };
}

function sampleExcerpts(): Excerpt[] {
  return Object.entries(sampleSources).map(([file, text]) => ({
    file,
    startLine: 1,
    lines: text.trimEnd().split('\n'),
  }));
}
