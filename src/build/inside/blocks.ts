/** What the report says of the time inside rustc. All of it is time of threads: on a busy machine more than wall time. */
import { countText } from '#model/measure-text.ts';
import type { Unknown } from '#model/report.ts';
import type { Block, Cell, TableBlock, TreeBlock } from '#model/section.ts';
import type { CrateMacros, ProfiledUnit } from '#model/self-profile.ts';
import { roundedSeconds } from '../seconds.ts';
import { genericSets } from './generics.ts';
import { isWork, phases } from './phases.ts';
import { compare, type InsideTotals, totalsOf } from './totals.ts';

export interface InsideEvidence {
  readonly units: readonly ProfiledUnit[];
  readonly macros: readonly CrateMacros[];
  /** Units that were compiled and of which no profile could be read, with why. */
  readonly unread: readonly { readonly unit: string; readonly why: string }[];
  /** What was wrong with a profile that could be read. */
  readonly partly: readonly { readonly unit: string; readonly why: string }[];
}

// Limit: rows of a table; a last row counts the rest.
const rowsMax = 200;

function rowsOf<T>(items: readonly T[], row: (item: T) => readonly Cell[]): readonly (readonly Cell[])[] {
  const rows = items.slice(0, rowsMax).map(row);
  const left = items.length - rows.length;
  if (left === 0) return rows;
  return [...rows, rows[0]!.map((_, index) => (index === 0 ? `(${countText(left)} more)` : null))];
}

export function insideBlocks(evidence: InsideEvidence): readonly Block[] {
  const totals = totalsOf(evidence.units);
  const tables = [
    phaseTable(totals),
    activityTable(totals),
    macroTimeTable(evidence.units),
    macroSizeTable(evidence.macros),
    genericTable(evidence.units),
  ];
  return [...tables.filter(table => table.rows.length > 0), ...crateTree(totals)];
}

export function insideUnknowns(evidence: InsideEvidence): readonly Unknown[] {
  const groups = (what: string, list: InsideEvidence['unread']): Unknown[] => {
    const counts = new Map<string, number>();
    // Figures within differ from unit to unit.
    for (const { why } of list) {
      const general = why.replace(/[\d,]+/g, 'N');
      counts.set(general, (counts.get(general) ?? 0) + 1);
    }
    return [...counts].map(([why, count]) => ({ area: 'build', what, why, count }));
  };
  return [
    ...groups('time inside rustc of a unit', evidence.unread),
    ...groups('part of the time inside rustc of a unit', evidence.partly),
  ];
}

function phaseTable(totals: InsideTotals): TableBlock {
  const workNs = totals.byPhase
    .filter(({ phase }) => isWork(phase))
    .reduce((sum, { selfNs }) => sum + selfNs, 0);
  const reasonOf = new Map<string, string>(phases.map(({ name, reason }) => [name, reason]));
  return {
    kind: 'table',
    title: 'Inside rustc, by phase',
    columns: [
      { title: 'phase' },
      { title: 'time of threads', unit: 's' },
      { title: 'share of work', unit: 'ratio' },
      { title: 'what it is' },
    ],
    rows: totals.byPhase.map(({ phase, selfNs, labels }) => [
      phase,
      secondsOf(selfNs),
      isWork(phase) && workNs > 0 ? roundedSeconds(selfNs / workNs) : null,
      reasonOf.get(phase) ?? `labels that belong to no phase here: ${countText(labels)}`,
    ]),
    shown: phases.length + 1,
  };
}

function activityTable(totals: InsideTotals): TableBlock {
  const work = totals.byActivity.filter(({ phase }) => isWork(phase));
  return {
    kind: 'table',
    title: 'Queries and activities of rustc, by self time',
    columns: [
      { title: 'query' },
      { title: 'phase' },
      { title: 'self time', unit: 's' },
      { title: 'with what it ran', unit: 's' },
      { title: 'runs', unit: 'count' },
      { title: 'cache hits', unit: 'count' },
      { title: 'most in' },
    ],
    rows: rowsOf(work, ({ label, phase, selfNs, inclusiveNs, count, cacheHits, most }) => [
      label,
      phase,
      secondsOf(selfNs),
      secondsOf(inclusiveNs),
      count,
      cacheHits,
      most,
    ]),
    shown: 15,
  };
}

/** rustc names macros only where it was asked for arguments, which it was in members. */
function macroTimeTable(units: readonly ProfiledUnit[]): TableBlock {
  const byMacro = new Map<string, { count: number; totalNs: number; units: Set<string> }>();
  for (const { name, profile } of units) {
    for (const { label, argument, count, totalNs } of profile.arguments) {
      if (label !== 'expand_proc_macro') continue;
      const total = byMacro.get(argument) ?? { count: 0, totalNs: 0, units: new Set() };
      byMacro.set(argument, total);
      total.count += count;
      total.totalNs += totalNs;
      total.units.add(name);
    }
  }
  return {
    kind: 'table',
    title: 'Procedural macros of members, by time of expansion',
    columns: [
      { title: 'macro' },
      { title: 'time', unit: 's' },
      { title: 'expansions', unit: 'count' },
      { title: 'units', unit: 'count' },
    ],
    rows: rowsOf(
      [...byMacro].sort(([a, left], [b, right]) => right.totalNs - left.totalNs || compare(a, b)),
      ([macro, { count, totalNs, units: users }]) => [macro, secondsOf(totalNs), count, users.size],
    ),
  };
}

function macroSizeTable(crates: readonly CrateMacros[]): TableBlock {
  const byMacro = new Map<string, { uses: number; lines: number; bytes: number; crates: number }>();
  for (const { macros } of crates) {
    for (const { name, uses, lines, bytes } of macros) {
      const total = byMacro.get(name) ?? { uses: 0, lines: 0, bytes: 0, crates: 0 };
      byMacro.set(name, total);
      total.uses += uses;
      total.lines += lines;
      total.bytes += bytes;
      total.crates++;
    }
  }
  return {
    kind: 'table',
    title: 'Macros, by size of what they expand to',
    columns: [
      { title: 'macro' },
      { title: 'expands to', unit: 'bytes' },
      { title: 'lines', unit: 'count' },
      { title: 'uses', unit: 'count' },
      { title: 'crates', unit: 'count' },
    ],
    rows: rowsOf(
      [...byMacro].sort(([a, left], [b, right]) => right.bytes - left.bytes || compare(a, b)),
      ([macro, { uses, lines, bytes, crates: users }]) => [macro, bytes, lines, uses, users],
    ),
  };
}

function genericTable(units: readonly ProfiledUnit[]): TableBlock {
  return {
    kind: 'table',
    title: 'Functions by size of all their instances',
    columns: [
      { title: 'function' },
      { title: 'defined in' },
      { title: 'MIR statements, about', unit: 'count' },
      { title: 'instances', unit: 'count' },
      { title: 'crates', unit: 'count' },
      { title: 'most in' },
    ],
    rows: rowsOf(genericSets(units), ({ name, definedIn, totalEstimate, instantiations, instantiatedIn }) => [
      name,
      definedIn,
      totalEstimate,
      instantiations,
      instantiatedIn.length,
      instantiatedIn[0]?.unit ?? null,
    ]),
  };
}

/** Waiting stands in no crate: it is the same time again. */
function crateTree(totals: InsideTotals): readonly TreeBlock[] {
  if (totals.byUnit.length === 0) return [];
  return [
    {
      kind: 'tree',
      title: 'Time inside rustc, by crate and phase',
      roots: totals.byUnit.map(({ unit, workNs, byPhase }) => ({
        label: unit.name,
        value: secondsOf(workNs),
        unit: 's',
        children: byPhase
          .filter(({ phase, selfNs }) => isWork(phase) && secondsOf(selfNs) > 0)
          .toSorted((a, b) => b.selfNs - a.selfNs)
          .map(({ phase, selfNs }) => ({
            label: phase,
            value: secondsOf(selfNs),
            unit: 's' as const,
            children: [],
          })),
      })),
    },
  ];
}

function secondsOf(ns: number): number {
  return roundedSeconds(ns / 1e9);
}
