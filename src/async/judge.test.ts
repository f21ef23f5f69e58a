import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EvidenceSource, MirUnit } from '#model/evidence.ts';
import type { Finding } from '#model/finding.ts';
import { caseSource, parseCases } from '#rules/case-file.ts';
import { judgeAsync } from './judge.ts';
import { evidenceOf } from './rules/judge-case.ts';

const folder = new URL('./rules/guard-held-across-await/', import.meta.url);
const cases = parseCases(readFileSync(new URL('cases.md', folder), 'utf8'), 'guard-held-across-await');
const mirOf = (name: string) =>
  gunzipSync(readFileSync(new URL(`recorded/${name}.mir.gz`, folder))).toString();

function unit(key: string, crateName: string, targetKind = 'lib', edition = '2021'): MirUnit {
  return {
    key,
    crateName,
    package: `${crateName} 0.0.0`,
    targetKind,
    edition,
    chunkCount: 1,
    unreadable: [],
  };
}

async function judge(evidence: EvidenceSource, name = '') {
  const rustCase = cases.find(candidate => candidate.name === name);
  return judgeAsync({
    evidence,
    workspaceRoot: '/workspace',
    readSource: file => (rustCase !== undefined && file === 'case.rs' ? caseSource(rustCase) : null),
  });
}

function draw(finding: Finding): string {
  const at = ({ file, startLine, startColumn }: Finding['location']) => `${file}:${startLine}:${startColumn}`;
  return [
    `${finding.severity}[${finding.rule}] (${finding.confidence}): ${finding.message}`,
    `  in ${finding.function} of ${finding.package}, ${at(finding.location)}: ${finding.label}`,
    ...finding.steps.map(step => `  ${at(step.location)} ${step.message}`),
    ...(finding.notes ?? []).map(note => `  = note: ${note}`),
    ...(finding.help ?? []).map(help => `  = help: ${help}`),
    ...finding.evidence.map(item => `  ${item.kind}: ${item.what}`),
  ].join('\n');
}

async function check(name: string): Promise<string> {
  const edition = cases.find(candidate => candidate.name === name)?.edition ?? '2021';
  const result = await judge(
    evidenceOf([{ unit: unit('case', 'case', 'lib', edition), text: mirOf(name) }]),
    name,
  );
  return result.findings.map(draw).join('\n\n');
}

test('a lock in a variable, as it is told', async () => {
  expect(await check('a-guard-in-a-variable')).toMatchInlineSnapshot(`
    "error[async/guard-held-across-await] (proved): \`std::sync::MutexGuard\` \`g\` is held across an await
      in case::held of case 0.0.0, case.rs:3:9: lives across an await
      case.rs:3:19 \`lock\` takes the lock here
      case.rs:5:10 held across this await
      case.rs:6:1 dropped here
      = note: while this future is suspended the lock stays taken: another task that asks for it on the same thread blocks that thread, and then nobody can resume this future
      = help: end its scope, or \`drop\` it, before the await
      = help: if the lock must be held over the await, use an async one (\`tokio::sync::Mutex\`)
      mir: _4: std::sync::MutexGuard<u32> is initialised at a yield of held::{closure#0}
      table: std::sync::MutexGuard is a guard (sync-lock, seen with rustc 1.95.0)"
  `);
});

test('a temporary in a scrutinee names the edition', async () => {
  expect(await check('if-let-in-edition-2021')).toMatchInlineSnapshot(`
    "error[async/guard-held-across-await] (proved): \`std::sync::MutexGuard\` in a temporary is held across an await
      in case::in_else of case 0.0.0, case.rs:3:23: this temporary lives across an await
      case.rs:3:25 \`lock\` takes the lock here
      case.rs:6:14 held across this await
      case.rs:8:1 dropped here
      = note: while this future is suspended the lock stays taken: another task that asks for it on the same thread blocks that thread, and then nobody can resume this future
      = note: in edition 2021 a temporary in the scrutinee of \`if let\` lives to the end of the whole \`if let … else\`; edition 2024 drops it before \`else\`
      = help: end its scope, or \`drop\` it, before the await
      = help: if the lock must be held over the await, use an async one (\`tokio::sync::Mutex\`)
      mir: _6: std::sync::MutexGuard<std::option::Option<u32>> is initialised at a yield of in_else::{closure#0}
      table: std::sync::MutexGuard is a guard (sync-lock, seen with rustc 1.95.0)

    error[async/guard-held-across-await] (proved): \`std::sync::MutexGuard\` in a temporary is held across an await
      in case::in_then of case 0.0.0, case.rs:10:23: this temporary lives across an await
      case.rs:10:25 \`lock\` takes the lock here
      case.rs:11:14 held across this await
      case.rs:13:1 dropped here
      = note: while this future is suspended the lock stays taken: another task that asks for it on the same thread blocks that thread, and then nobody can resume this future
      = note: in edition 2021 a temporary in the scrutinee of \`if let\` lives to the end of the whole \`if let … else\`; edition 2024 drops it before \`else\`
      = help: end its scope, or \`drop\` it, before the await
      = help: if the lock must be held over the await, use an async one (\`tokio::sync::Mutex\`)
      mir: _6: std::sync::MutexGuard<std::option::Option<u32>> is initialised at a yield of in_then::{closure#0}
      table: std::sync::MutexGuard is a guard (sync-lock, seen with rustc 1.95.0)"
  `);
});

test('a generic function names the instance', async () => {
  expect(await check('generic-functions')).toMatchInlineSnapshot(`
    "error[async/guard-held-across-await] (proved): \`std::sync::MutexGuard\` \`g\` is held across an await
      in case::hold of case 0.0.0, case.rs:3:39: lives across an await
      case.rs:4:10 held across this await
      case.rs:6:1 dropped here
      = note: while this future is suspended the lock stays taken: another task that asks for it on the same thread blocks that thread, and then nobody can resume this future
      = note: in the instance with \`G\` = \`std::sync::MutexGuard<u32>\`, which the workspace makes
      = help: end its scope, or \`drop\` it, before the await
      = help: if the lock must be held over the await, use an async one (\`tokio::sync::Mutex\`)
      mir: _3: std::sync::MutexGuard<u32> is initialised at a yield of hold::{closure#0}
      table: std::sync::MutexGuard is a guard (sync-lock, seen with rustc 1.95.0)"
  `);
});

test('a guard that moves along is one finding with all its awaits', async () => {
  expect((await check('several-guards')).split('\n\n').at(-1)).toMatchInlineSnapshot(`
    "error[async/guard-held-across-await] (proved): \`std::sync::MutexGuard\` \`g\` is held across an await
      in case::moved_along of case 0.0.0, case.rs:16:9: lives across an await
      case.rs:16:15 \`lock\` takes the lock here
      case.rs:17:10 held across this await
      case.rs:19:10 held across this await
      case.rs:20:14 moved away here
      = note: while this future is suspended the lock stays taken: another task that asks for it on the same thread blocks that thread, and then nobody can resume this future
      = help: end its scope, or \`drop\` it, before the await
      = help: if the lock must be held over the await, use an async one (\`tokio::sync::Mutex\`)
      mir: _4: std::sync::MutexGuard<u32> is initialised at a yield of moved_along::{closure#0}
      table: std::sync::MutexGuard is a guard (sync-lock, seen with rustc 1.95.0)"
  `);
});

test('async guards are notes, and permits are not locks', async () => {
  expect(await check('tokio-blocking-and-async-guards')).toMatchInlineSnapshot(`
    "error[async/guard-held-across-await] (proved): \`tokio::sync::watch::Ref\` \`v\` is held across an await
      in case::watched of case 0.0.0, case.rs:3:9: lives across an await
      case.rs:3:15 \`borrow\` takes the lock here
      case.rs:4:10 held across this await
      case.rs:6:1 dropped here
      = note: while this future is suspended the lock stays taken: another task that asks for it on the same thread blocks that thread, and then nobody can resume this future
      = note: \`watch::Ref\` is a blocking read lock: \`Sender::send\` blocks its thread while one is alive
      = help: copy or clone what is needed out of it before the await
      = help: end its scope, or \`drop\` it, before the await
      mir: _4: tokio::sync::watch::Ref<u32> is initialised at a yield of watched::{closure#0}
      table: tokio::sync::watch::Ref is a guard (sync-lock, seen with rustc 1.95.0, tokio 1.54.1)

    note[async/guard-held-across-await] (proved): \`tokio::sync::MutexGuard\` \`g\` is held across an await, which its design allows
      in case::legal of case 0.0.0, case.rs:9:9: lives across an await
      case.rs:9:22 this await takes the lock here
      case.rs:10:10 held across this await
      case.rs:11:5 dropped here
      = note: this lock is made to be held across an await; who waits for it waits until this future goes on or is dropped
      = help: hold it no longer than needed, above all not over network calls without a timeout
      mir: _4: tokio::sync::MutexGuard<u32> is initialised at a yield of legal::{closure#0}
      table: tokio::sync::MutexGuard is a guard (async-lock, seen with rustc 1.95.0, tokio 1.54.1)

    note[async/guard-held-across-await] (proved): \`tokio::sync::SemaphorePermit\` in \`p\` is held across an await, which its design allows
      in case::permit of case 0.0.0, case.rs:14:9: lives across an await
      case.rs:14:25 this await takes the permit here
      case.rs:15:10 held across this await
      case.rs:16:5 dropped here
      = note: the capacity stays taken until this future goes on or is dropped
      = note: \`p\` owns it through variant \`Ok\` of \`Result\`
      = help: take the permit after the await where that is possible
      mir: _4: std::result::Result<tokio::sync::SemaphorePermit, tokio::sync::AcquireError> is initialised at a yield of permit::{closure#0}
      table: tokio::sync::SemaphorePermit is a guard (permit, seen with rustc 1.95.0, tokio 1.54.1)"
  `);
});

test('the section counts what was read, and what could not be seen is an unknown', async () => {
  const result = await judge(
    evidenceOf([{ unit: unit('case', 'case'), text: mirOf('boxes-and-trait-objects') }]),
  );
  const [block] = result.section.blocks;
  const measures =
    block?.kind === 'measures' ? block.measures.map(({ label, value }) => `${label}: ${value}`) : [];
  expect(
    [
      result.section.summary,
      ...measures,
      ...result.unknowns.map(({ what, count }) => `${count} ${what}`),
    ].join('\n'),
  ).toMatchInlineSnapshot(`
    "3 hazards found in 6 async bodies with 5 awaits.
    functions read: 19
    async bodies: 6
    awaits: 5
    1 trait objects without \`Send\` held across an await
    6 async bodies whose size is not known"
  `);
});

/** Each finding's function with its steps and notes but the first, which says why. */
async function stepsOf(name: string): Promise<string> {
  const result = await judge(evidenceOf([{ unit: unit('case', 'case'), text: mirOf(name) }]), name);
  return result.findings
    .filter(finding => finding.rule === 'async/guard-held-across-await')
    .map(({ function: func, steps, notes = [] }) =>
      [
        func,
        ...steps.map(
          ({ location, message }) =>
            `  ${location.startLine}:${location.startColumn}-${location.endColumn} ${message}`,
        ),
        ...notes.slice(1).map(note => `  = ${note}`),
      ].join('\n'),
    )
    .join('\n');
}

test('an await in a macro of another crate is told of where the macro is called', async () => {
  expect(await stepsOf('awaits-inside-macros-of-other-crates')).toMatchInlineSnapshot(`
    "case::in_a_loop
      6:15-19 \`lock\` takes the lock here
      8:9-23 held across an await inside this macro
      11:32-37 held across this await
      14:1-2 dropped here
    case::one_in_another
      16:15-19 \`lock\` takes the lock here
      17:5-19 held across an await inside this macro
      19:65-70 held across this await
      18:23-35 held across an await inside this macro
      21:5-12 dropped here
    case::with_question_mark
      24:15-19 \`lock\` takes the lock here
      25:20-36 held across an await inside this macro
      26:5-12 dropped here"
  `);
  expect(await stepsOf('awaits-inside-macros-of-other-crates-2')).toMatchInlineSnapshot(`
    "case::joined
      3:15-19 \`lock\` takes the lock here
      5:5-19 held across an await inside this macro
      6:5-12 dropped here
    case::only_variables
      9:15-19 \`lock\` takes the lock here
      12:5-21 held across an await inside this macro
      13:5-12 dropped here
    case::given_nothing
      16:15-19 \`lock\` takes the lock here
      17:5-22 held across an await inside this macro
      18:5-12 dropped here
    case::given_nothing_twice
      21:15-19 \`lock\` takes the lock here
      24:5-12 dropped here
      = it is held across 2 more awaits, in macros of other crates; the compiler does not say where these are called
    case::stream::{closure#0}
      28:19-23 \`lock\` takes the lock here
      29:15-17 held across an await that the macro makes of this
      30:14-19 held across this await"
  `);
});

test('a type that may be a guard is an unknown', async () => {
  const name = 'a-guard-in-the-crate-that-defines-it-3';
  const result = await judge(evidenceOf([{ unit: unit('bb8', 'bb8'), text: mirOf(name) }]));
  expect(result.findings).toEqual([]);
  expect(result.unknowns.map(({ what, count }) => `${count} ${what}`)).toContain(
    '2 values that may be a guard, held across an await',
  );
});

test('the order of bodies, chunks and units does not matter', async () => {
  const library = cases.find(candidate => candidate.crate !== null)?.name ?? '';
  const user = cases.find(candidate => candidate.extern !== null)?.name ?? '';
  const bodiesOf = (name: string) => mirOf(name).split(/^(?=\/\/ MIR for )/m);
  const units = [
    { unit: unit('a', 'core_lib'), bodies: bodiesOf(library) },
    { unit: unit('b', 'case'), bodies: bodiesOf(user) },
    { unit: unit('c', 'case', 'test'), bodies: bodiesOf(user) },
    {
      unit: unit('d', 'other'),
      bodies: [...bodiesOf('enums-of-the-workspace'), ...bodiesOf('several-guards')],
    },
  ];
  const expected = await judge(
    sourceOf(units.map(({ unit, bodies }) => ({ unit, chunks: [bodies.join('')] }))),
  );
  expect(expected.findings.length).toBeGreaterThan(5);
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), fc.infiniteStream(fc.nat(2)), async (keys, cuts) => {
      const shuffled = shuffle(units, keys).map(({ unit, bodies }) => {
        const chunks: string[][] = [[]];
        for (const body of shuffle(bodies, keys)) {
          if (cuts.next().value === 0) chunks.push([]);
          chunks.at(-1)?.push(body);
        }
        return { unit, chunks: chunks.map(chunk => chunk.join('')) };
      });
      const { findings, section, unknowns } = await judge(sourceOf(shuffled));
      expect(findings).toEqual(expected.findings);
      expect(section).toEqual(expected.section);
      expect(unknowns).toEqual(expected.unknowns);
    }),
    { numRuns: 15 },
  );
});

test('garbage is a problem and not an exception', async () => {
  const text = mirOf('several-guards');
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length), fc.nat(text.length), fc.string(), async (from, length, rubbish) => {
      const broken = text.slice(0, from) + rubbish + text.slice(from + length);
      const result = await judge(evidenceOf([{ unit: unit('case', 'case'), text: broken }]));
      expect(result.section.title).toBe('Async');
    }),
    { numRuns: 50 },
  );
});

function shuffle<T>(items: readonly T[], keys: Iterator<number>): T[] {
  return items
    .map(item => ({ item, key: keys.next().value as number }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function sourceOf(units: readonly { unit: MirUnit; chunks: readonly string[] }[]): EvidenceSource {
  const parts = new Map(
    units.flatMap(({ unit, chunks }) =>
      chunks.map((text, index) => [`mir/${unit.key}/000${index}.mir`, text] as [string, string]),
    ),
  );
  const { header } = evidenceOf([]);
  return {
    header: { ...header, mirUnits: units.map(({ unit }) => unit) },
    partNames: [...parts.keys()].sort(),
    readPart: async name => parts.get(name) ?? null,
  };
}
