/**
 * The run of a rule that finds something in each coroutine body and says, when all bodies are known, who drops the
 * future in the middle of it.
 */
import type { FunctionNode } from '#mir/function-node.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { cancelFactsOf } from './cancel-facts.ts';
import { type CancelledFuture, cancelledFuturesOf } from './cancelled-futures.ts';
import { dropImplsOf } from './drop-impls.ts';
import type { Program } from './program.ts';
import type { Subject } from './subject.ts';

/** What was found, with what is told of the body that it is in. */
export interface InBody<Found> {
  readonly displayName: string;
  /** `name version` of the workspace member. */
  readonly package: string;
  readonly body: string;
  readonly found: Found;
}

interface CancelRule<Found> {
  /** What one body has; `hasDrop` says whether a type of the workspace has a `Drop` of its own. */
  find(subject: Subject, hasDrop: (path: string) => boolean): readonly Found[];
  /** Whether others can reach the state that it is about while the future is alive. */
  isShared(found: Found): boolean;
  /** `future` is null where nobody was seen to drop the body's future before it is done. */
  draftOf(item: InBody<Found>, future: CancelledFuture | null): FindingDraft | null;
}

export function startCancelRun<Found>(program: Program, rule: CancelRule<Found>) {
  const hasDrop = dropImplsOf(program);
  const facts = cancelFactsOf(program);
  const items: { readonly node: FunctionNode; readonly item: InBody<Found> }[] = [];
  return {
    wants: (node: FunctionNode) => node.coroutine || facts.wants(node),
    visit(subject: Subject) {
      const { node, displayName, krate, body } = subject;
      if (facts.wants(node)) facts.visit(subject);
      for (const found of rule.find(subject, hasDrop))
        items.push({ node, item: { displayName, package: krate.package, body: body.name, found } });
    },
    finish(report: (draft: FindingDraft) => void) {
      const cancelled = cancelledFuturesOf(program, facts);
      for (const { node, item } of items) {
        const draft = rule.draftOf(item, cancelled.of(node.id, rule.isShared(item.found)));
        if (draft !== null) report(draft);
      }
    },
  };
}
