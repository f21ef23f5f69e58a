import { expect, test } from 'vitest';
import { countLints, judgePair, membersNotCompiled, type SourcedPair } from './count.ts';
import type { PeerFinding } from './peer-finding.ts';

const buggy = `async fn stock(&self) {
    let shelf = self.shelf.lock();
    self.fetch().await;
}

async fn label(&self) {
    self.print().await;
}

async fn clean(&self) {
    wipe(1).await;
}
`;

const pair: SourcedPair = {
  name: 'pantry',
  folder: 'pairs/pantry',
  rule: 'guard-held-across-await',
  protocol: false,
  marks: [
    { line: 2, rule: 'guard-held-across-await' },
    { line: 7, rule: 'blocking-call' },
  ],
  buggy,
  fixed: buggy.replace('    let shelf = self.shelf.lock();\n', '').replace('wipe(1)', 'wipe(2)'),
};

function finding(lint: string, file: 'buggy' | 'fixed', ...lines: number[]): PeerFinding {
  const spans = lines.map(line => [line, line] as const);
  return { lint, file: `pairs/pantry/src/${file}.rs`, spans, isNote: false };
}

const lint = 'clippy::await_holding_lock';

test('what a finding makes of a pair', () => {
  const cases: [at: string, PeerFinding[]][] = [
    ['the marked line', [finding(lint, 'buggy', 2)]],
    ['another line of the marked function', [finding(lint, 'buggy', 3)]],
    ['a second span in it', [finding(lint, 'buggy', 7, 3)]],
    ['a function that the repair changed', [finding(lint, 'buggy', 11)]],
    ['a function that it left as it was', [finding(lint, 'buggy', 7)]],
    ['a lint about another hazard', [finding('blocking-std-api-in-async', 'buggy', 2)]],
    ['a lint that nobody listed', [finding('clippy::unused_async', 'buggy', 2)]],
    ['a note alone', [{ ...finding('async/guard-held-across-await', 'buggy', 2), isNote: true }]],
    ['a rule of another name', [finding('async/futurelock', 'buggy', 2)]],
    ['both files', [finding(lint, 'buggy', 2), finding(lint, 'fixed', 2), finding(lint, 'fixed', 6)]],
    ['another hazard in the fixed file', [finding('blocking-std-api-in-async', 'fixed', 2)]],
    ['a note in the fixed file', [{ ...finding('async/guard-held-across-await', 'fixed', 2), isNote: true }]],
    ['another pair', [{ ...finding(lint, 'buggy', 2), file: 'pairs/cellar/src/buggy.rs' }]],
  ];
  const drawn = cases.map(([at, findings]) => {
    const { told, toldBy, falseLints, noteLintsInFixed } = judgePair(pair, findings);
    const inFixed = [
      ...falseLints.map(name => `false ${name}`),
      ...noteLintsInFixed.map(name => `note ${name}`),
    ];
    return `${at}: ${[told, ...toldBy, ...inFixed].join(', ')}`;
  });
  expect(drawn.join('\n')).toMatchInlineSnapshot(`
    "the marked line: found, clippy::await_holding_lock
    another line of the marked function: found, clippy::await_holding_lock
    a second span in it: found, clippy::await_holding_lock
    a function that the repair changed: found, clippy::await_holding_lock
    a function that it left as it was: missed
    a lint about another hazard: missed
    a lint that nobody listed: missed
    a note alone: note, async/guard-held-across-await
    a rule of another name: missed
    both files: found, clippy::await_holding_lock, false clippy::await_holding_lock, false clippy::await_holding_lock
    another hazard in the fixed file: missed
    a note in the fixed file: missed, note async/guard-held-across-await
    another pair: missed"
  `);
});

test('findings are counted by lint: found, false, and not judged', () => {
  const findings = [
    finding(lint, 'buggy', 2),
    finding(lint, 'buggy', 11),
    finding(lint, 'buggy', 7),
    finding(lint, 'fixed', 2),
    finding('blocking-std-api-in-async', 'fixed', 2),
    finding('clippy::unused_async', 'buggy', 2),
  ];
  const rows = countLints([pair], findings, [judgePair(pair, findings)]).map(
    row =>
      `${row.lint}: ${row.pairsFound} found, ${row.falseFindings} false, ${row.otherFindings} not judged`,
  );
  expect(rows).toMatchInlineSnapshot(`
    [
      "blocking-std-api-in-async: 0 found, 0 false, 1 not judged",
      "clippy::await_holding_lock: 1 found, 1 false, 1 not judged",
    ]
  `);
});

test('a member that did not compile is not judged, whatever else was', () => {
  const stderr = `   Compiling tokio v1.54.1
    Checking attic v0.0.0 (/corpus/pairs/attic)
    Checking cellar v0.0.0 (/corpus/pairs/cellar)
error: could not compile \`cellar\` (lib) due to 1 previous error
`;
  const notCompiled = membersNotCompiled(['attic', 'cellar', 'pantry'], stderr);
  expect([...notCompiled]).toEqual(['cellar', 'pantry']);
  expect(judgePair(pair, [], notCompiled).told).toBe('not judged');
  expect(judgePair(pair, [finding(lint, 'buggy', 2)], notCompiled).told).toBe('found');
});
