import type { FunctionNode } from '#mir/function-node.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Confidence, Severity, Step } from '#model/finding.ts';
import type { Unknown } from '#model/report.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { runsAlone } from '../../alone.ts';
import { defineAsyncRule } from '../../async-rule.ts';
import { type BlockingPath, type BlockingPaths, blockingPathsOf } from '../../blocking-paths.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace } from '../../subject.ts';

export const blockingCall = defineAsyncRule({
  name: 'async/blocking-call',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'Async code reaches a call that keeps its thread.',
  why: `A future runs on one of a few threads, and all other tasks of that thread wait while it blocks. A runtime's own
\`block_on\` and \`blocking_*\` functions panic there. The call is often far from the \`async fn\`: lighthouse's
\`per_slot_task\`, an ordinary function that ended in \`block_on\`, was called from async code and panicked in production
(sigp/lighthouse#3199); neon's \`VirtualFile::crashsafe_overwrite\` blocked the executor that called it (neondatabase/neon#6731).`,
  whenToAllow: `The future runs on a thread of its own, or the call is known to be over at once.`,
  cannotSee: `- Blocking calls that are in no row of data/async/blocking.json, and those that another crate makes.
- Calls through \`dyn\`, a type parameter or a function pointer, and closures that are passed to other crates: they are
  counted among the unknowns.
- Locks: a \`std::sync::Mutex\` that is held for a moment is right in async code. The rules about guards look at the rest.
- How long a call really takes.`,
  needs: ['async-bodies', 'bodies', 'call-graph'],
  messages: {
    panics: (callee: string) => `\`${callee}\` panics in async code`,
    blocks: (callee: string) => `\`${callee}\` blocks the thread of an async task`,
    brief: (callee: string) => `\`${callee}\` keeps the thread of an async task for a moment`,
    calls: (callee: string) => `calls \`${callee}\``,
    closure: (callee: string) => `\`${callee}\` runs this closure`,
  },
  start: program => {
    let found: BlockingPaths = { paths: [], open: new Map() };
    return {
      wants: () => false,
      visit() {},
      finish(report) {
        found = blockingPathsOf(program);
        for (const path of found.paths) {
          const draft = draftOf(program, path);
          if (draft !== null) report(draft);
        }
      },
      unknowns: () => unknownsOf(found),
    };
  },
});

function draftOf(program: Program, path: BlockingPath): FindingDraft | null {
  const { messages } = blockingCall;
  const { call, row, holder, root, way, roots } = path;
  if (call.at === null || !isInWorkspace(call.at)) return null;
  const steps: Step[] = [];
  for (const { edge } of way) {
    const { at, method } = edge.call;
    if (at === null || !isInWorkspace(at)) continue;
    const target = program.graph.nodes[edge.target] as FunctionNode;
    const message =
      edge.how === 'closure' ? messages.closure(method) : messages.calls(program.displayName(target));
    steps.push({ location: at, message });
  }
  const unit = program.units[holder.unit];
  const notes = [
    way.length === 0
      ? `\`${program.displayName(root)}\` is async code`
      : `it is reached from \`${program.displayName(root)}\`, which is async code`,
  ];
  if (roots.length > 1)
    notes.push(`${roots.length - 1} more async function${roots.length === 2 ? '' : 's'} reach it`);
  const rank = rankOf(program, path);
  if (rank.why !== null) notes.push(rank.why);
  return {
    severity: rank.severity,
    confidence: rank.confidence,
    message: messages[row.effect](unqualified(row.path)),
    function: program.displayName(holder),
    ...(unit === undefined ? {} : { package: unit.package }),
    location: call.at,
    label:
      row.effect === 'panics' ? 'panics when a runtime is running this thread' : `waits here (${row.kind})`,
    steps,
    notes,
    help: [`${row.instead}; or move the call into \`spawn_blocking\``],
    evidence: [
      { kind: 'mir', what: `${holder.name} calls ${call.callee}` },
      {
        kind: 'table',
        what: `${row.path}, ${row.source}${row.seen ? '' : '; the path is the documentation’s'}`,
      },
    ],
  };
}

/** What runs beside no other task of its thread keeps nobody waiting; what a closure may or may not run is less sure. */
function rankOf(
  program: Program,
  { row, way, roots }: BlockingPath,
): { severity: Severity; confidence: Confidence; why: string | null } {
  const base: Severity = row.effect === 'panics' ? 'error' : row.effect === 'blocks' ? 'warning' : 'note';
  const confidence: Confidence = 'likely';
  if (base !== 'error' && roots.every(root => isMain(program, root) || runsAlone(program, root))) {
    return {
      severity: 'note',
      confidence,
      why: 'only futures that `block_on` runs by themselves reach it: it can keep waiting only what runs beside them on the same thread',
    };
  }
  if (base === 'error' && way.some(({ edge }) => edge.how === 'closure'))
    return { severity: 'warning', confidence, why: 'whether the closure runs there is not proved' };
  return { severity: base, confidence, why: null };
}

/** The body of `async fn main`, which its attribute gives to `block_on`. */
function isMain(program: Program, root: FunctionNode): boolean {
  return program.units[root.unit]?.targetKind === 'bin' && root.name === 'main::{closure#0}';
}

function unknownsOf({ open }: BlockingPaths): Unknown[] {
  const texts: readonly (readonly ['dyn' | 'generic' | 'pointer' | 'closure', string])[] = [
    ['dyn', 'calls through `dyn` that async code reaches'],
    ['generic', 'calls through a type parameter that async code reaches'],
    ['pointer', 'calls through a function pointer that async code reaches'],
    ['closure', 'closures that async code passes to another crate, or to a function that starts threads'],
  ];
  return texts.flatMap(([key, what]) => {
    const count = open.get(key) ?? 0;
    return count === 0
      ? []
      : [{ area: 'async' as const, what, why: 'whether they block is not known', count }];
  });
}
