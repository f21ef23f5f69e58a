import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import { summaries } from '#mir/summaries.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import { blockingSitesOf, type Site } from '../../blocking-sites.ts';
import type { Blocking } from '../../knowledge/blocking.ts';
import type { Program } from '../../program.ts';
import { runEdgesOf } from '../../reach.ts';
import { sourcePlacesOf } from '../../source-place.ts';
import { isInWorkspace, type Subject } from '../../subject.ts';
import { type Hop, isPolled, waysFromAsync } from '../../ways-from-async.ts';

import { type BlockingDrop, blockingDropsOf } from './drops.ts';
import { draftsOf, type Reached } from './findings.ts';
import { messages } from './messages.ts';
import { startupOf } from './startup.ts';
import { unknownsOf } from './unknowns.ts';

export const blockingCall = defineAsyncRule({
  name: 'async/blocking-call',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'Async code calls what blocks its thread, directly or through other functions.',
  why: `An executor runs many futures on few threads, and goes on to the next when one of them awaits. A call that blocks
gives the thread back only when it is done: until then every task on that thread stands still, timers and I/O included.
\`block_on\` and tokio’s \`blocking_*\` methods panic there. The call is mostly hidden behind functions that are not async
themselves: lighthouse’s block processing reached a \`block_on\` from an async function and panicked (sigp/lighthouse#3165,
and again in #3199), its exit command ran \`reqwest::blocking\` in async code (#4738), and neon’s page server waited for the
disk in the middle of a future (neondatabase/neon#6731).`,
  whenToAllow: `The future is the only thing that its executor runs, or the wait is known to be short.`,
  cannotSee: `- Blocking inside other crates, where the call is not in the table of blocking calls; \`--deep\` reads their MIR, too. There a
  thread that is parked or waits for a condition is not told of: a lock that is held for a moment looks like a long wait.
- Calls through \`dyn\`, type parameters and function pointers (they are counted), and functions that are passed as values.
- Closures that a function of another crate takes: whether they run there is not known (counted, where they block).
- A \`Drop\` that blocks, where the value is dropped by a function that is not async.
- Whether a socket is nonblocking: where the workspace calls \`set_nonblocking\`, reads of sockets are no finding.
- Locks: \`std::sync::Mutex::lock\` for a moment is right in async code. A guard that is held over an await is another rule’s.`,
  needs: ['async-bodies', 'bodies', 'call-graph', 'type-shapes'],
  messages,
  start: program => {
    const { sites, open } = blockingSitesOf(program);
    const blocks = reachesOneOf(program, sites);
    const drops = blockingDropsOf(program, blocks);
    const startup = startupOf(program);
    const sitesByNode = new Map<FunctionId, Site[]>();
    for (const site of sites) sitesByNode.set(site.node.id, [...(sitesByNode.get(site.node.id) ?? []), site]);
    const placed = new Map<string, Location>();
    const dropped: { node: FunctionNode; drop: BlockingDrop }[] = [];
    let unplaced = 0;
    const hasPlace = ({ call }: Site) => call.at !== null && isInWorkspace(call.at);
    return {
      wants: node => node.coroutine || sitesByNode.get(node.id)?.every(hasPlace) === false,
      visit(subject) {
        const { node, body } = subject;
        if (startup.wants(node)) startup.learn(node, body);
        if (node.coroutine) for (const drop of drops.in(subject)) dropped.push({ node, drop });
        const lost = sitesByNode.get(node.id)?.filter(site => !hasPlace(site)) ?? [];
        if (lost.length === 0) return;
        const places = sourcePlacesOf(subject);
        for (const { call } of lost) {
          const location = places.placeOf(call.block)?.location ?? placeOfArgument(subject, call.block);
          if (location !== null) placed.set(`${node.id} ${call.block}`, location);
        }
      },
      finish(report) {
        const waysTo = waysFromAsync(
          program,
          dropped.flatMap(({ node, drop }) => hopOf(node, drop) ?? []),
        );
        const reached: Reached[] = [];
        for (const own of sitesByNode.values()) {
          const ways = waysTo((own[0] as Site).node);
          if (ways.length === 0) continue;
          for (const { node, call, blocking } of own) {
            const at = hasPlace({ node, call, blocking }) ? call.at : placed.get(`${node.id} ${call.block}`);
            if (at == null) unplaced++;
            else reached.push({ node, block: call.block, at, blocking, ways, certain: true });
          }
        }
        for (const { node, drop } of dropped) {
          if ('id' in drop.what) continue;
          const at = drop.declared ?? drop.at;
          const ways = [{ root: node, hops: [] }];
          if (at === null) unplaced++;
          else
            reached.push({ node, block: drop.block, at, blocking: drop.what, ways, certain: drop.certain });
        }
        for (const draft of draftsOf(program, reached, startup)) report(draft);
      },
      unknowns: () => unknownsOf(program, open, blocks, unplaced),
    } satisfies RuleRun;
  },
});

function hopOf(from: FunctionNode, drop: BlockingDrop): Hop | null {
  if (!('id' in drop.what)) return null;
  const { block, at, name, certain } = drop;
  return { from, to: drop.what, block, at, how: 'drop', name, certain };
}

/** Where the first argument that has a place in the workspace is written: `file` in `writeln!(file, …)`. */
function placeOfArgument({ body, span }: Subject, block: BlockIndex): Location | null {
  const terminator = body.blocks[block]?.terminator;
  if (terminator?.kind !== 'call') return null;
  for (const arg of terminator.args) {
    if (arg.kind === 'const') continue;
    for (const { statements } of body.blocks) {
      for (const statement of statements) {
        if (statement.kind !== 'assign' || statement.place.local !== arg.place.local) continue;
        const location = span(statement.span);
        if (location !== null && isInWorkspace(location)) return location;
      }
    }
  }
  return null;
}

/** Whether a function runs a blocking call itself or through others that are not async. */
function reachesOneOf(program: Program, sites: readonly { node: FunctionNode; blocking: Blocking }[]) {
  const { nodes } = program.graph;
  const own = new Set(sites.map(({ node }) => node.id));
  const edges = nodes.map(node => [
    ...new Set(
      runEdgesOf(program, node)
        .map(({ target }) => target)
        .filter(target => !isPolled(nodes[target] as FunctionNode)),
    ),
  ]);
  const { of } = summaries<boolean>({
    count: nodes.length,
    successorsOf: id => edges[id] as number[],
    bottom: false,
    summarize: (id, summaryOf) => own.has(id) || (edges[id] as number[]).some(summaryOf),
    equal: (a, b) => a === b,
  });
  return (node: FunctionNode) => of(node.id);
}
