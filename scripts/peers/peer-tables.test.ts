import { expect, test } from 'vitest';
import { countLints, judgePair, type SourcedPair } from './count.ts';
import type { PeerFinding } from './peer-finding.ts';
import { type PeerResult, renderPeers, withTables } from './peer-tables.ts';

const pair: Omit<SourcedPair, 'name' | 'folder'> = {
  rule: 'blocking-call',
  protocol: false,
  marks: [{ line: 2, rule: 'blocking-call' }],
  buggy: 'async fn nap() {\n    sleep(1);\n}\n',
  fixed: 'async fn nap() {\n    sleep(1).await;\n}\n',
};
const pairs: SourcedPair[] = [
  { ...pair, name: 'attic', folder: 'pairs/attic' },
  { ...pair, name: 'cellar', folder: 'pairs/cellar' },
  { ...pair, name: 'porch', folder: 'pairs/porch', protocol: true },
];

function result(tool: string, findings: PeerFinding[], remarks: string[] = []): PeerResult {
  const verdicts = pairs.map(other => judgePair(other, findings));
  const lints = countLints(pairs, findings, verdicts);
  return {
    tool,
    version: '1.2.3',
    command: `${tool} --all | cat`,
    seconds: 1.25,
    load: 0.6,
    verdicts,
    lints,
    remarks,
  };
}

function finding(lint: string, file: string, isNote = false): PeerFinding {
  return { lint, file: `pairs/${file}.rs`, spans: [[2, 2]], isNote };
}

const loud = result('loud', [
  finding('blocking-sleep-in-async', 'attic/src/buggy'),
  finding('blocking-sleep-in-async', 'attic/src/fixed'),
  finding('blocking-sleep-in-async', 'porch/src/buggy'),
]);
const careful = result(
  'careful',
  [
    finding('async/blocking-call', 'attic/src/buggy'),
    finding('async/blocking-call', 'cellar/src/buggy', true),
  ],
  ['`porch` did not compile with it and was not judged'],
);

test('tools, pairs, lints and runs stand in a table each', () => {
  expect(renderPeers(pairs, [loud, careful], '2', ['absent'])).toMatchInlineSnapshot(`
    "2 pairs, and 1 at the level of a protocol, which are not counted. Cargo ran 2 compilers at a time.

    | tool | found | by a note alone | missed | not judged | false | notes in fixed files | seconds | load |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | loud | 1 | 0 | 1 | 0 | 1 in 1 pair | 0 | 1.3 | 1 |
    | careful | 1 | 1 | 0 | 0 | 0 | 0 | 1.3 | 1 |

    ### Pair by pair

    | pair | hazard | loud | careful |
    | --- | --- | --- | --- |
    | attic | blocking-call | found, false | found |
    | cellar | blocking-call | missed | note |
    | porch | blocking-call (protocol) | found | missed |

    ### Lint by lint

    | tool | lint | pairs found | false | other, not judged |
    | --- | --- | --- | --- | --- |
    | loud | \`blocking-sleep-in-async\` | 1 | 1 | 0 |
    | careful | \`async/blocking-call\` | 1 | 0 | 0 |

    ### What was run

    | tool | version | command |
    | --- | --- | --- |
    | loud | 1.2.3 | \`loud --all \\| cat\` |
    | careful | 1.2.3 | \`careful --all \\| cat\` |

    - careful: \`porch\` did not compile with it and was not judged

    - absent: not installed, so it was not run"
  `);
});

test('only what stands between the markers is replaced', () => {
  const page =
    'before\n<!-- written by npm run peers -->\nold\n<!-- end of what npm run peers wrote -->\nafter\n';
  expect(withTables(page, 'new')).toMatchInlineSnapshot(`
    "before
    <!-- written by npm run peers -->

    new

    <!-- end of what npm run peers wrote -->
    after
    "
  `);
  expect(withTables(withTables(page, 'new'), 'new')).toBe(withTables(page, 'new'));
  expect(() => withTables('no markers', 'new')).toThrow('the page has no pair of markers');
});
