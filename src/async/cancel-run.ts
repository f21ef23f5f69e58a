/**
 * The run of a rule that finds something in each coroutine body and says, when all bodies are known, who drops the
 * future in the middle of it.
 */
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { BlockIndex } from '#model/mir.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { cancelFactsOf } from './cancel-facts.ts';
import { type CancelledFuture, cancelledFuturesOf } from './cancelled-futures.ts';
import { dropImplsOf } from './drop-impls.ts';
import type { Program } from './program.ts';
import type { Subject } from './subject.ts';
import { returnsWhatItTakes } from './taking-functions.ts';

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
  /** The same for what calls of the workspace at `blocks` return, if they have taken it out of their first argument. */
  findThrough?(
    subject: Subject,
    hasDrop: (path: string) => boolean,
    blocks: readonly BlockIndex[],
  ): readonly { readonly block: BlockIndex; readonly found: Found }[];
  /** The state that it is about. */
  stateOf(found: Found): { readonly shared: boolean; readonly field: string | null };
  /** `future` is null where nobody was seen to drop the body's future before it is done. */
  draftOf(item: InBody<Found>, future: CancelledFuture | null): FindingDraft | null;
}

interface Item<Found> {
  readonly node: FunctionNode;
  /** The call that may have taken it; null where the body takes it itself. */
  readonly by: BlockIndex | null;
  readonly item: InBody<Found>;
}

export function startCancelRun<Found>(program: Program, rule: CancelRule<Found>) {
  const hasDrop = dropImplsOf(program);
  const facts = cancelFactsOf(program);
  const items: Item<Found>[] = [];
  const taking = new Set<FunctionId>();
  let called: ReadonlySet<FunctionId> | null = null;
  return {
    wants(node: FunctionNode) {
      if (node.coroutine || facts.wants(node)) return true;
      if (rule.findThrough === undefined) return false;
      called ??= calledByCoroutines(program);
      return called.has(node.id);
    },
    visit(subject: Subject) {
      const { node, displayName, krate, body } = subject;
      if (facts.wants(node)) facts.visit(subject);
      const add = (found: Found, by: BlockIndex | null) => {
        const item = { displayName, package: krate.package, body: body.name, found };
        items.push({ node, by, item });
      };
      for (const found of rule.find(subject, hasDrop)) add(found, null);
      if (rule.findThrough === undefined) return;
      if (!node.coroutine) {
        if (returnsWhatItTakes(body)) taking.add(node.id);
        return;
      }
      for (const { block, found } of rule.findThrough(subject, hasDrop, workspaceCalls(program, node)))
        add(found, block);
    },
    finish(report: (draft: FindingDraft) => void) {
      const cancelled = cancelledFuturesOf(program, facts);
      for (const { node, by, item } of items) {
        if (by !== null && !targetsAt(program, node, by).every(id => taking.has(id))) continue;
        const draft = rule.draftOf(item, cancelled.of(node.id, rule.stateOf(item.found)));
        if (draft !== null) report(draft);
      }
    },
  };
}

/** Functions that may return what they take. */
function calledByCoroutines(program: Program): ReadonlySet<FunctionId> {
  const { graph } = program;
  const called = new Set<FunctionId>();
  for (const node of graph.nodes) {
    if (!node.coroutine) continue;
    for (const block of workspaceCalls(program, node))
      for (const id of targetsAt(program, node, block))
        if (!/^($|\(\)|&|bool$)/.test(graph.nodes[id]?.returns ?? '')) called.add(id);
  }
  return called;
}

/** Blocks of calls of functions of the workspace that are no coroutines. */
function workspaceCalls(program: Program, node: FunctionNode): BlockIndex[] {
  return node.calls.flatMap(({ kind, block }) =>
    kind === 'call' && targetsAt(program, node, block).length > 0 ? [block] : [],
  );
}

/** All the functions that a call can run; none where others than those of the workspace may be meant. */
function targetsAt({ graph }: Program, node: FunctionNode, block: BlockIndex): readonly FunctionId[] {
  const call = node.calls.find(site => site.block === block);
  if (call === undefined) return [];
  const { targets, open } = graph.resolve(node, call);
  return open === null && targets.every(id => graph.nodes[id]?.coroutine === false) ? targets : [];
}
