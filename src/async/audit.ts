/**
 * What a reviewer asks of a program's cancellation, task by task and lock by lock: each `select!`, timeout, spawn and lock
 * with its verdict and the reason. It takes the place of the comment "all arms are cancel-safe and no arm's body awaits".
 */
import type { FunctionNode } from '#mir/function-node.ts';
import type { Finding } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import type { Block, TableBlock } from '#model/section.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { type AsyncBody, isAsyncBody } from './async-body.ts';
import { type LockSite, lockSitesOf } from './audit-locks.ts';
import { clausesOf, type OpenClause } from './audit-positions.ts';
import { type SpawnSite, spawnSitesOf } from './audit-spawns.ts';
import { cancelFactsOf } from './cancel-facts.ts';
import type { Program } from './program.ts';
import type { Subject } from './subject.ts';

/** The rules under whose names a site of the audit can be allowed. */
export const auditedRules: ReadonlySet<string> = new Set([
  'async/not-cancel-safe-in-select',
  'async/select-arm-awaits',
]);

export interface Audit {
  wants(node: FunctionNode): boolean;
  visit(subject: Subject | AsyncBody): void;
  /** What is neither proved nor reported by a rule, as findings that can be allowed in the source. */
  open(report: (rule: string, draft: FindingDraft) => void): void;
  /** The tables, given the findings with what the source allows. */
  blocks(findings: readonly Finding[]): Block[];
}

/** `full`: with spawns and locks; without, only the open sites are found, so that what allows them counts as used. */
export function auditOf(program: Program, full: boolean): Audit {
  const facts = cancelFactsOf(program);
  const spawns: SpawnSite[] = [];
  const locks: LockSite[] = [];
  return {
    wants: node =>
      facts.wants(node) || (full && (spawnSitesOf.wants(node) || lockSitesOf.wants(node, program))),
    visit(subject) {
      if (facts.wants(subject.node)) facts.visit(subject);
      if (!full) return;
      if (spawnSitesOf.wants(subject.node)) spawns.push(...spawnSitesOf.visit(subject));
      if (isAsyncBody(subject)) locks.push(...lockSitesOf.visit(subject));
    },
    open(report) {
      for (const fact of facts.positions()) {
        for (const { open } of clausesOf(fact, facts.safety())) {
          if (open !== null && !open.reported) report(open.rule, open.draft);
        }
      }
    },
    blocks(findings) {
      const tables = [positionTable(findings), spawnTable(), lockTable()];
      return tables.filter(table => table.rows.length > 0);
    },
  };

  function positionTable(findings: readonly Finding[]): TableBlock {
    const byPlace = new Map(findings.map(finding => [`${finding.rule} ${keyOf(finding.location)}`, finding]));
    const rows = facts
      .positions()
      .flatMap(fact =>
        clausesOf(fact, facts.safety()).map(({ of, text, open }) => [
          drawPlace(fact.position.at),
          fact.position.name,
          of,
          text,
          open === null ? 'proved' : verdictOf(open, byPlace),
        ]),
      );
    return {
      kind: 'table',
      title: 'Audit: where futures are dropped unfinished',
      columns: [
        { title: 'place' },
        { title: 'by' },
        { title: 'of it' },
        { title: 'what is known' },
        { title: 'verdict' },
      ],
      rows: dedupe(rows),
      shown: rows.length,
    };
  }

  function spawnTable(): TableBlock {
    const rows = [...spawns]
      .sort((a, b) => compare(a.at, b.at))
      .map(site => [drawPlace(site.at), site.call, site.handle]);
    return {
      kind: 'table',
      title: 'Audit: tasks',
      columns: [{ title: 'place' }, { title: 'call' }, { title: 'its handle' }],
      rows: dedupe(rows),
      shown: rows.length,
    };
  }

  function lockTable(): TableBlock {
    const held = new Map(locks.map(site => [drawPlace(site.at), site]));
    const rows = lockSitesOf
      .all(program)
      .sort((a, b) => compare(a.at, b.at))
      .map(site => {
        const place = drawPlace(site.at);
        return [place, site.lock, held.get(place)?.held ?? site.held];
      });
    return {
      kind: 'table',
      title: 'Audit: locks',
      columns: [{ title: 'place' }, { title: 'lock' }, { title: 'held across an await' }],
      rows: dedupe(rows),
      shown: rows.length,
    };
  }
}

function verdictOf({ rule, draft }: OpenClause, byPlace: ReadonlyMap<string, Finding>): string {
  const reason = byPlace.get(`${rule} ${keyOf(draft.location)}`)?.suppressed?.reason;
  return reason === undefined ? 'open' : `allowed: ${reason}`;
}

/** A library and its tests have the same code. */
function dedupe<Row extends readonly unknown[]>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map(row => [JSON.stringify(row), row])).values()];
}

function drawPlace({ file, startLine, startColumn }: Location): string {
  return `${file}:${startLine}:${startColumn}`;
}

function keyOf(location: Location): string {
  return drawPlace(location);
}

function compare(a: Location, b: Location): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.startLine - b.startLine || a.startColumn - b.startColumn;
}
