import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MirUnit } from '#model/evidence.ts';
import type { Finding } from '#model/finding.ts';
import { caseSource, parseCases } from '#rules/case-file.ts';
import { judgeAsync } from '../../judge.ts';
import { evidenceOf } from '../judge-case.ts';

const cases = parseCases(readFileSync(new URL('cases.md', import.meta.url), 'utf8'), 'blocking-call');

function mirOf(name: string): string {
  return gunzipSync(readFileSync(new URL(`recorded/${name}.mir.gz`, import.meta.url))).toString();
}

function caseOf(name: string) {
  const found = cases.find(rustCase => rustCase.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
}

/** `severity line message`, the steps and the notes below it. */
function draw(findings: readonly Finding[]): string {
  return findings
    .filter(finding => finding.rule === 'async/blocking-call')
    .map(({ severity, location, message, steps, notes }) =>
      [
        `${severity} ${location.startLine} ${message}`,
        ...steps.map(step => `  ${step.location.startLine} ${step.message}`),
        ...(notes ?? []).slice(1).map(note => `  = ${note}`),
      ].join('\n'),
    )
    .join('\n');
}

async function drawCase(name: string): Promise<string> {
  const { findings } = await judge([{ unit: unitOf('case'), text: mirOf(name) }], name);
  return draw(findings);
}

test('the way from async code to the call is told, and how many other ways there are', async () => {
  expect(await drawCase('through-functions-that-are-not-async')).toMatchInlineSnapshot(`
    "warning 6 \`std::sync::mpsc::Receiver::recv\` blocks the thread of async code
      3 \`case::drain\` is async and calls \`next\`
      4 \`case::next\` calls \`wait_for\`
      = it is reached from 1 more async body"
  `);
});

test('a drop and a closure are steps of the way', async () => {
  expect(await drawCase('a-drop-that-blocks')).toMatchInlineSnapshot(`
    "warning 5 \`std::thread::JoinHandle::join\` blocks the thread of async code
      8 \`worker\` is dropped here, which runs its \`Drop\`
      5 \`case::<Worker as Drop>::drop\` passes a closure to \`map\`, which runs it"
  `);
  expect(await drawCase('wrappers-of-the-workspace-2')).toMatchInlineSnapshot(`
    "warning 6 \`std::thread::sleep\` blocks the thread of async code
      6 \`case::user\` is async and passes a closure to \`here\`, which runs it
    warning 7 \`std::thread::sleep\` blocks the thread of async code
      7 \`case::user\` is async and passes a closure to \`here_later\`, which runs it
    warning 8 \`std::thread::sleep\` blocks the thread of async code
      8 \`case::user\` is async and passes a closure to \`here_or_off\`, which runs it"
  `);
});

test('calls whose target is not known are counted', async () => {
  const name = 'methods-traits-and-generics-2';
  const { unknowns } = await judge([{ unit: unitOf('a'), text: mirOf(name) }], name);
  expect(
    unknowns.filter(({ what }) => what.includes('block')).map(({ what, count }) => `${count} ${what}`),
  ).toMatchInlineSnapshot(`
    [
      "2 calls in async code of a trait method that blocks in one of its implementations",
      "1 calls in async code through trait objects, type parameters and function pointers, not looked into for blocking",
    ]
  `);
});

test('the order of bodies and units does not matter', async () => {
  const names = [
    'closures',
    'wrappers-of-the-workspace',
    'recursion',
    'a-drop-that-blocks',
    'polled-by-hand',
  ];
  const units = names.map(name => ({ unit: unitOf(name), bodies: mirOf(name).split(/^(?=\/\/ MIR for )/m) }));
  // The same code in a second unit, as a library and its program have it.
  units.push({ unit: unitOf('copy'), bodies: mirOf('recursion').split(/^(?=\/\/ MIR for )/m) });
  const judgeUnits = (shuffled: typeof units) =>
    judge(shuffled.map(({ unit, bodies }) => ({ unit, text: bodies.join('') })));
  const expected = await judgeUnits(units);
  expect(expected.findings.length).toBeGreaterThan(5);
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async keys => {
      const shuffled = shuffle(units, keys).map(({ unit, bodies }) => ({
        unit,
        bodies: shuffle(bodies, keys),
      }));
      const { findings, unknowns } = await judgeUnits(shuffled);
      expect(findings).toEqual(expected.findings);
      expect(unknowns).toEqual(expected.unknowns);
    }),
    { numRuns: 15 },
  );
});

/** `source`: the case whose text case.rs is. */
function judge(units: readonly { unit: MirUnit; text: string }[], source = 'recursion') {
  return judgeAsync({
    evidence: evidenceOf(units),
    workspaceRoot: '/workspace',
    readSource: file => (file === 'case.rs' ? caseSource(caseOf(source)) : null),
  });
}

function unitOf(key: string): MirUnit {
  return {
    key,
    crateName: key.replaceAll('-', '_'),
    package: `${key} 0.0.0`,
    targetKind: 'lib',
    edition: '2021',
    chunkCount: 1,
    unreadable: [],
  };
}

function shuffle<T>(items: readonly T[], keys: Iterator<number>): T[] {
  return items
    .map(item => ({ item, key: keys.next().value as number }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
