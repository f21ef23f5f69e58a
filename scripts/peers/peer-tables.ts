/** The comparison as Markdown: a row for each tool, a row for each pair, a row for each lint, and what was run. */
import type { LintCount, PairVerdict, SourcedPair } from './count.ts';

export interface PeerResult {
  readonly tool: string;
  readonly version: string;
  /** As a user would type it. */
  readonly command: string;
  /** Wall clock of the one run with the members not compiled. */
  readonly seconds: number;
  /** Average number of processes that wanted to run in the minute before it. */
  readonly load: number;
  readonly verdicts: readonly PairVerdict[];
  readonly lints: readonly LintCount[];
  /** What went wrong, for people; empty where nothing did. */
  readonly remarks: readonly string[];
}

/** `jobs` is how many compilers cargo ran at a time; `notInstalled` are the tools that were not there to be run. */
export function renderPeers(
  pairs: readonly SourcedPair[],
  results: readonly PeerResult[],
  jobs: string,
  notInstalled: readonly string[],
): string {
  const counted = pairs.filter(({ protocol }) => !protocol).length;
  const protocol = pairs.length - counted;
  return [
    `${counted} pairs${protocol === 0 ? '' : `, and ${protocol} at the level of a protocol, which are not counted`}. Cargo ran ${jobs} compiler${jobs === '1' ? '' : 's'} at a time.`,
    toolTable(results),
    '### Pair by pair',
    pairTable(pairs, results),
    '### Lint by lint',
    lintTable(results),
    '### What was run',
    runTable(results),
    ...results.flatMap(({ tool, remarks }) => remarks.map(remark => `- ${tool}: ${remark}`)),
    ...notInstalled.map(tool => `- ${tool}: not installed, so it was not run`),
  ].join('\n\n');
}

function toolTable(results: readonly PeerResult[]): string {
  const rows = results.map(({ tool, seconds, load, verdicts }) => {
    const counted = verdicts.filter(({ pair }) => !pair.protocol);
    const withTold = (told: PairVerdict['told']) => counted.filter(verdict => verdict.told === told).length;
    const falsePairs = verdicts.filter(({ falseLints }) => falseLints.length > 0).length;
    const falseFindings = verdicts.flatMap(({ falseLints }) => falseLints).length;
    const notes = verdicts.flatMap(({ noteLintsInFixed }) => noteLintsInFixed).length;
    return [
      tool,
      String(withTold('found')),
      String(withTold('note')),
      String(withTold('missed')),
      String(withTold('not judged')),
      falseFindings === 0 ? '0' : `${falseFindings} in ${falsePairs} pair${falsePairs === 1 ? '' : 's'}`,
      String(notes),
      seconds.toFixed(1),
      load.toFixed(0),
    ];
  });
  return markdownTable(
    [
      'tool',
      'found',
      'by a note alone',
      'missed',
      'not judged',
      'false',
      'notes in fixed files',
      'seconds',
      'load',
    ],
    rows,
  );
}

function pairTable(pairs: readonly SourcedPair[], results: readonly PeerResult[]): string {
  const rows = pairs.map(pair => [
    pair.name,
    pair.protocol ? `${pair.rule} (protocol)` : pair.rule,
    ...results.map(({ verdicts }) => {
      const verdict = verdicts.find(other => other.pair.name === pair.name);
      if (verdict === undefined) return '?';
      return `${verdict.told}${verdict.falseLints.length > 0 ? ', false' : ''}`;
    }),
  ]);
  return markdownTable(['pair', 'hazard', ...results.map(({ tool }) => tool)], rows);
}

function lintTable(results: readonly PeerResult[]): string {
  const rows = results.flatMap(({ tool, lints }) =>
    lints.map(({ lint, pairsFound, falseFindings, otherFindings }) => [
      tool,
      `\`${lint}\``,
      String(pairsFound),
      String(falseFindings),
      String(otherFindings),
    ]),
  );
  return markdownTable(['tool', 'lint', 'pairs found', 'false', 'other, not judged'], rows);
}

function runTable(results: readonly PeerResult[]): string {
  return markdownTable(
    ['tool', 'version', 'command'],
    results.map(({ tool, version, command }) => [tool, version, `\`${command}\``]),
  );
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

/** `page` with `tables` between its markers. Throws where a marker is missing: the page is ours. */
export function withTables(page: string, tables: string, command = 'npm run peers'): string {
  const open = `<!-- written by ${command} -->`;
  const close = `<!-- end of what ${command} wrote -->`;
  const start = page.indexOf(open);
  const end = page.indexOf(close);
  if (start < 0 || end < start) throw new Error('the page has no pair of markers');
  return `${page.slice(0, start + open.length)}\n\n${tables}\n\n${page.slice(end)}`;
}
