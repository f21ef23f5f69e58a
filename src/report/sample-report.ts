/** Reports for the tests of this room: one that uses everything the model has, and arbitrary ones. */
import fc from 'fast-check';
import type { Finding } from '#model/finding.ts';
import type { Excerpt, Location } from '#model/location.ts';
import type { Report } from '#model/report.ts';
import type { Section } from '#model/section.ts';

/** The span of the `nth` (0-based) occurrence of `text` in a source, as rustc would give it. */
export function spanOf(file: string, source: string, text: string, nth = 0): Location {
  let at = source.indexOf(text);
  for (let skipped = 0; skipped < nth; skipped++) at = source.indexOf(text, at + 1);
  if (at < 0) throw new Error(`no ${JSON.stringify(text)} in the source`);
  const position = (offset: number): [number, number] => {
    const lines = source.slice(0, offset).split('\n');
    return [lines.length, [...lines.at(-1)!].length + 1];
  };
  const [startLine, startColumn] = position(at);
  const [endLine, endColumn] = position(at + text.length);
  return { file, startLine, startColumn, endLine, endColumn };
}

export const serverSource = `use std::sync::Mutex;

async fn io() {}

async fn count(m: &Mutex<u32>) {
    let mut g = m.lock().unwrap();
    *g += 1;
    io().await;
    drop(g);
}
`;

export const heldGuard: Finding = {
  rule: 'async/guard-held-across-await',
  severity: 'error',
  confidence: 'proved',
  message: '`std::sync::MutexGuard` `g` is held across an await',
  function: 'shop::count',
  package: 'shop 0.1.0',
  location: spanOf('src/server.rs', serverSource, 'mut g'),
  label: 'the guard `g` lives until `drop`',
  steps: [
    { location: spanOf('src/server.rs', serverSource, 'm.lock()'), message: 'the lock is taken here' },
    { location: spanOf('src/server.rs', serverSource, 'await'), message: 'it is held here' },
  ],
  notes: ['another task on this thread that locks `m` waits for ever'],
  help: ['drop the guard before the await, or use `tokio::sync::Mutex`'],
  evidence: [{ kind: 'mir', what: '`_4` is initialized at the yield in bb7' }],
  fingerprint: '0123456789abcdef',
};

export const buildSection: Section = {
  title: 'Build',
  summary: '12.3 s of wall time on 2 cores; the critical path is 9.9 s of it and ends in linking `shop`.',
  blocks: [
    {
      kind: 'measures',
      title: 'Measures',
      measures: [
        { label: 'wall time', value: 12.34, unit: 's', note: 'single run' },
        { label: 'CPU time', value: 205.2, unit: 's' },
        { label: 'parallelism', value: 1.637, unit: 'ratio' },
        { label: 'units', value: 1204, unit: 'count' },
        { label: 'artifacts', value: 1_610_612_736, unit: 'bytes' },
      ],
    },
    {
      kind: 'table',
      title: 'Longest units',
      columns: [
        { title: 'unit' },
        { title: 'what' },
        { title: 'time', unit: 's' },
        { title: 'codegen', unit: 's' },
      ],
      rows: [
        ['syn 2.0.101', 'lib', 4.2, 1.1],
        ['tokio 1.45.0', 'lib', 3.9, null],
        ['shop 0.1.0', 'bin "shop"', 2.1, 1.9],
      ],
      shown: 2,
    },
    {
      kind: 'timeline',
      title: 'Timeline',
      durationSeconds: 12,
      bars: [
        bar(0, 'syn 2.0.101', 'lib', 0, 6, true),
        bar(1, 'bytes 1.10.1', 'lib', 0, 1, false),
        {
          ...bar(2, 'shop 0.1.0', 'bin "shop"', 6, 12, true),
          member: true,
          reason: 'the file `src/main.rs` changed',
        },
      ],
      concurrency: [
        { atSeconds: 0, active: 2 },
        { atSeconds: 1, active: 1 },
      ],
    },
    {
      kind: 'tree',
      title: 'What waits for syn',
      roots: [
        {
          label: 'syn',
          value: 6,
          unit: 's',
          children: [
            { label: 'serde_derive', value: 2, unit: 's', children: [{ label: 'shop', children: [] }] },
            { label: 'tokio-macros', children: [] },
          ],
        },
      ],
    },
    {
      kind: 'text',
      title: 'How it was measured',
      lines: ['cargo build, cold, in a target directory of its own'],
    },
  ],
};

function bar(
  id: number,
  label: string,
  detail: string,
  startSeconds: number,
  endSeconds: number,
  critical: boolean,
) {
  return {
    id,
    label,
    detail,
    startSeconds,
    endSeconds,
    segments: [{ name: 'frontend', startSeconds, endSeconds }],
    critical,
    member: false,
    features: ['default'],
    waitedFor: id === 0 ? [] : [0],
  };
}

/** A report in which every property of the model occurs. */
export const richReport: Report = {
  schema: 'assay-report/1',
  assay: { version: '0.1.0' },
  workspace: {
    root: '.',
    members: ['shop 0.1.0'],
    rustc: '1.95.0',
    cargo: '1.95.0',
    host: 'x86_64-unknown-linux-gnu',
  },
  findings: [
    heldGuard,
    {
      ...heldGuard,
      fingerprint: '1123456789abcdef',
      suppressed: {
        reason: 'one task only',
        location: spanOf('src/server.rs', serverSource, 'async fn count'),
      },
      baseline: 'new',
    },
    { ...heldGuard, fingerprint: '2123456789abcdef', severity: 'warning', baseline: 'unchanged' },
    note('src/a.rs', 'alpha'),
    note('src/b.rs', 'beta'),
    {
      ...note('src/c.rs', 'gamma'),
      rule: 'async/select-drops-message',
      message: 'a branch of `select!` loses `rx`',
    },
  ],
  build: buildSection,
  async: {
    title: 'Async',
    summary: '1 guard held across an await in 312 async bodies, 1,204 awaits.',
    blocks: [],
  },
  certify: { title: 'Certify', summary: 'Nothing was asked for.', blocks: [] },
  embed: { title: 'Embed', summary: 'No firmware in this workspace.', blocks: [] },
  unknowns: [
    {
      area: 'async',
      what: 'call through dyn Future in shop::run',
      why: 'the callee is not known statically',
      count: 3,
    },
    {
      area: 'workspace',
      what: 'timings.html: a row without a name',
      why: 'this part could not be used',
      count: 2,
    },
  ],
  failures: [
    {
      tool: 'cargo',
      message: 'could not compile `broken`',
      output: 'error[E0425]: cannot find value `x`\n --> src/lib.rs:1:12\n\u001b[1mbold\u001b[0m\n',
    },
  ],
  provenance: [
    { tool: 'cargo', version: '1.95.0', command: 'cargo check --workspace', seconds: 12.34, exitCode: 101 },
    { tool: 'rustc', version: '1.95.0', command: 'rustc -vV', seconds: 0.02 },
  ],
  excerpts: [{ file: 'src/server.rs', startLine: 1, lines: serverSource.trimEnd().split('\n') }],
  notices: ['recorded evidence was judged: no Rust toolchain was found'],
};

function note(file: string, name: string): Finding {
  return {
    rule: 'async/not-cancel-safe',
    severity: 'note',
    confidence: 'likely',
    message: `\`${name}\` is not cancel safe in \`select!\``,
    location: { file, startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
    steps: [],
    evidence: [{ kind: 'table', what: 'cancel-safety.json' }],
    fingerprint: 'fedcba9876543210',
  };
}

/** Text that breaks renderers: markup, tabs, wide and combining characters, emoji, controls, line breaks. */
export const nastyText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ maxLength: 12 }) },
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        '</script>',
        '<!--',
        '-->',
        '\u2028',
        '\u2029',
        '```',
        '`',
        '|',
        '\t',
        '日本',
        'e\u0301',
        '👩‍👧',
        '\u202e',
        '\u001b[31m',
        '\ud800',
        '\r\n',
        '\n',
        '{0}',
        '[a](1)',
        '@user #12',
      ),
    ),
    { maxLength: 6 },
  )
  .map(parts => parts.join(''));

const nastyLine = nastyText.map(text => text.replace(/[\r\n]/g, ' '));
const file = fc.constantFrom(
  'src/main.rs',
  'src/a b.rs',
  'ü/日本.rs',
  '/rustc/0/library/core/src/lib.rs',
  'missing.rs',
);

/** A span of a few lines near the top of a file, not necessarily inside its text. */
export const location: fc.Arbitrary<Location> = fc
  .record({
    file,
    startLine: fc.integer({ min: 1, max: 12 }),
    startColumn: fc.integer({ min: 1, max: 30 }),
    lineCount: fc.constantFrom(0, 0, 0, 1, 2, 9),
    width: fc.integer({ min: 0, max: 12 }),
  })
  .map(({ file, startLine, startColumn, lineCount, width }) => ({
    file,
    startLine,
    startColumn,
    endLine: startLine + lineCount,
    endColumn: lineCount === 0 ? startColumn + width : width + 1,
  }));

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

/** An object without the keys whose value is undefined, as the model's optional properties want it. */
function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, property]) => property !== undefined)) as T;
}

export const arbitraryFinding: fc.Arbitrary<Finding> = fc
  .record({
    rule: fc.constantFrom('async/guard-held-across-await', 'async/not-cancel-safe', 'build/cold'),
    severity: fc.constantFrom('error', 'warning', 'note'),
    confidence: fc.constantFrom('proved', 'likely', 'possible'),
    message: nastyText,
    function: optional(nastyText),
    package: optional(nastyText),
    location,
    label: optional(nastyText),
    steps: fc.array(fc.record({ location, message: nastyText }), { maxLength: 5 }),
    notes: optional(fc.array(nastyText, { maxLength: 2 })),
    help: optional(fc.array(nastyText, { maxLength: 2 })),
    evidence: fc.array(fc.record({ kind: fc.constantFrom('mir', 'table'), what: nastyText }), {
      maxLength: 2,
    }),
    fingerprint: fc.constantFrom('0123456789abcdef', 'ffffffffffffffff'),
    suppressed: optional(fc.record({ reason: nastyText, location })),
    baseline: optional(fc.constantFrom('new', 'unchanged')),
  })
  .map(finding => withoutUndefined(finding) as Finding);

const excerpts: fc.Arbitrary<readonly Excerpt[]> = fc.array(
  fc.record({
    file,
    startLine: fc.integer({ min: 1, max: 12 }),
    lines: fc.array(nastyLine, { maxLength: 15 }),
  }),
  { maxLength: 5 },
);

const section: fc.Arbitrary<Section> = fc
  .record({ title: nastyText, summary: nastyText, cell: fc.option(fc.oneof(nastyText, fc.double())) })
  .map(({ title, summary, cell }) => ({
    title,
    summary,
    blocks: [
      { kind: 'table', title, columns: [{ title: summary }, { title, unit: 's' }], rows: [[cell, cell], []] },
      ...buildSection.blocks,
      { kind: 'text', lines: [summary] },
    ],
  }));

export const arbitraryReport: fc.Arbitrary<Report> = fc
  .record({
    findings: fc.array(arbitraryFinding, { maxLength: 6 }),
    build: optional(section),
    async: optional(section),
    unknowns: fc.array(
      fc.record({
        area: fc.constantFrom('async', 'workspace'),
        what: nastyText,
        why: nastyText,
        count: fc.nat(9000),
      }),
      { maxLength: 3 },
    ),
    failures: fc.array(fc.record({ tool: nastyText, message: nastyText, output: nastyText }), {
      maxLength: 2,
    }),
    excerpts,
    notices: fc.array(nastyText, { maxLength: 2 }),
  })
  .map(parts => {
    const { certify: _certify, embed: _embed, ...rest } = richReport;
    return withoutUndefined({ ...rest, ...parts }) as Report;
  });
