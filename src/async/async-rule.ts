import type { FunctionNode } from '#mir/function-node.ts';
import type { Unknown } from '#model/report.ts';
import type { Block } from '#model/section.ts';
import type { FindingDraft, RuleMetadata } from '#rules/rule.ts';
import type { Program } from './program.ts';
import type { Subject } from './subject.ts';

export type Report = (draft: FindingDraft) => void;

/** A rule of this area: its metadata, its texts, and a run over one program. */
export interface AsyncRule<Messages = unknown> extends RuleMetadata {
  /** Texts by key, so that tests of the rule's logic need not compare prose. */
  readonly messages: Messages;
  start(program: Program): RuleRun;
}

/**
 * One judgement. The first reading is over when it starts: calls are resolved and the shapes of types are known. In the
 * second reading it sees the bodies that it wants, one at a time; at the end it may conclude from what it kept. Its
 * findings must not depend on the order of bodies, and it must not keep a body (that would keep a dump in memory).
 */
export interface RuleRun {
  /** Whether the second reading should parse this body again. Coroutines come before their transformation. */
  wants(node: FunctionNode): boolean;
  visit(subject: Subject, report: Report): void;
  finish?(report: Report): void;
  /** What the rule could not see; after `finish`. */
  unknowns?(): readonly Unknown[];
  /** What the rule adds to the area's section; after `finish`. */
  blocks?(): readonly Block[];
}

export function defineAsyncRule<Messages>(rule: AsyncRule<Messages>): AsyncRule<Messages> {
  return rule;
}
