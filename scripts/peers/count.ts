/**
 * Compares what a tool says with the pairs of the corpus. A pair is found where a lint that is about its hazard shows any
 * line of a function of buggy.rs that has a mark, or that the repair changed or removed: tools differ in which end of a
 * hazard they point at. What such a lint says of fixed.rs is false by the corpus' own word.
 */
import { hazardsOf } from './hazards.ts';
import type { PeerFinding } from './peer-finding.ts';
import { functionAround, functionLines, type LineRange } from './rust-functions.ts';

export interface SourcedPair {
  readonly name: string;
  /** Relative to the corpus. */
  readonly folder: string;
  readonly rule: string;
  readonly protocol: boolean;
  readonly marks: readonly { readonly line: number; readonly rule: string }[];
  /** The texts of buggy.rs and fixed.rs. */
  readonly buggy: string;
  readonly fixed: string;
}

export interface PairVerdict {
  readonly pair: SourcedPair;
  /** `note`: told of by a note alone. `not judged`: the tool could not compile it. */
  readonly told: 'found' | 'note' | 'missed' | 'not judged';
  /** Lints that were right, sorted. */
  readonly toldBy: readonly string[];
  /** Lints about the pair's hazard that speak of fixed.rs, one for each finding, sorted; notes apart. */
  readonly falseLints: readonly string[];
  readonly noteLintsInFixed: readonly string[];
}

export interface LintCount {
  readonly lint: string;
  /** Pairs that it found, those at the level of a protocol left out. */
  readonly pairsFound: number;
  /** Findings about the pair's hazard in fixed files. */
  readonly falseFindings: number;
  /** Findings in either file that are about another hazard than the pair's, or in functions that have no part in the bug: not judged. */
  readonly otherFindings: number;
}

export function judgePair(
  pair: SourcedPair,
  findings: readonly PeerFinding[],
  notCompiled: ReadonlySet<string> = new Set(),
): PairVerdict {
  const about = findings.filter(finding => hazardsOf(finding.lint).includes(pair.rule));
  const right = about.filter(finding => isOfTheBug(pair, finding));
  const inFixed = about.filter(({ file }) => file === `${pair.folder}/src/fixed.rs`);
  const loud = right.filter(({ isNote }) => !isNote);
  const silent = notCompiled.has(pair.name) ? 'not judged' : 'missed';
  return {
    pair,
    told: loud.length > 0 ? 'found' : right.length > 0 ? 'note' : silent,
    toldBy: [...new Set((loud.length > 0 ? loud : right).map(({ lint }) => lint))].toSorted(),
    falseLints: lintsOf(inFixed.filter(({ isNote }) => !isNote)),
    noteLintsInFixed: lintsOf(inFixed.filter(({ isNote }) => isNote)),
  };
}

/** One row for each lint that is about some hazard and that said anything but notes, in the order of their names. */
export function countLints(
  pairs: readonly SourcedPair[],
  findings: readonly PeerFinding[],
  verdicts: readonly PairVerdict[],
): LintCount[] {
  const loud = findings.filter(({ lint, isNote }) => !isNote && hazardsOf(lint).length > 0);
  return [...new Set(loud.map(({ lint }) => lint))].toSorted().map(lint => {
    const own = loud.filter(finding => finding.lint === lint);
    const falseFindings = verdicts
      .flatMap(({ falseLints }) => falseLints)
      .filter(other => other === lint).length;
    const right = own.filter(finding =>
      pairs.some(pair => hazardsOf(lint).includes(pair.rule) && isOfTheBug(pair, finding)),
    ).length;
    return {
      lint,
      pairsFound: verdicts.filter(
        ({ pair, told, toldBy }) => !pair.protocol && told === 'found' && toldBy.includes(lint),
      ).length,
      falseFindings,
      otherFindings: own.length - falseFindings - right,
    };
  });
}

/**
 * The members among `names` that cargo did not compile to the end, by what it says on standard error: of those that it
 * did, `Checking` or `Compiling`, and no `could not compile`.
 */
export function membersNotCompiled(names: readonly string[], stderr: string): Set<string> {
  const begun = new Set(
    [...stderr.matchAll(/^ *(?:Checking|Compiling|Fresh) (\S+) v/gm)].map(([, name]) => name!),
  );
  const failed = new Set([...stderr.matchAll(/could not compile `([^`]+)`/g)].map(([, name]) => name!));
  return new Set(names.filter(name => !begun.has(name) || failed.has(name)));
}

function isOfTheBug(pair: SourcedPair, finding: PeerFinding): boolean {
  if (finding.file !== `${pair.folder}/src/buggy.rs`) return false;
  return linesOfTheBug(pair).some(around =>
    finding.spans.some(([first, last]) => first <= around.last && around.first <= last),
  );
}

/** The functions around the marks, and those whose text the fixed file does not have. */
function linesOfTheBug({ rule, marks, buggy, fixed }: SourcedPair): LineRange[] {
  const functions = functionLines(buggy);
  const kept = new Set(functionLines(fixed).map(func => textOf(fixed, func)));
  const marked = marks
    .filter(mark => mark.rule === rule)
    .map(({ line }) => functionAround(functions, line) ?? { first: line, last: line });
  return [...marked, ...functions.filter(func => !kept.has(textOf(buggy, func)))];
}

function textOf(source: string, { first, last }: LineRange): string {
  return source
    .split('\n')
    .slice(first - 1, last)
    .map(line => line.trim())
    .join('\n');
}

function lintsOf(findings: readonly PeerFinding[]): string[] {
  return findings.map(({ lint }) => lint).toSorted();
}
