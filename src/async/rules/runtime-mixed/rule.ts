import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import type { Program } from '../../program.ts';
import { choicesOf } from './choices.ts';
import { drivenFutures, plainExecutorOf, workspaceCrates } from './drives.ts';
import { messages } from './messages.ts';
import { needDraft } from './need-findings.ts';
import { type Need, needsOf } from './needs.ts';
import { type Drive, plainRunsOf } from './plain-threads.ts';
import { versionDrafts } from './version-findings.ts';

export const runtimeMixed = defineAsyncRule({
  name: 'async/runtime-mixed',
  since: '0.1.0',
  levels: ['error', 'note'],
  summary: 'A future of one runtime is run by the executor of another, or two versions of a runtime meet.',
  why: `Timers, sockets, files and tasks of tokio need a runtime of tokio in the context of the thread that polls them:
without one they panic with “there is no reactor running”. \`async_std::task::spawn\`, \`smol::block_on\`, \`pollster\` and the
executors of \`futures\` make no such context, and nothing in the types says so: a future is a future. The panic comes when the
line runs, which may be in production: a client of a video site that is built on \`reqwest\` did so under
\`#[async_std::main]\` (ATiltedTree/ytextract#25), a first program with \`smol::block_on\` too (smol-rs/smol#238). Two incompatible
versions of tokio are two runtimes: a chat client with tokio 0.2 panicked in a program with tokio 1, and its own dependency on
tokio 1 did in one with 0.2 (museun/twitchchat#238).`,
  whenToAllow:
    'The thread has the context of a runtime that was entered where Assay does not look, or the versions never meet.',
  cannotSee: `- A future that comes from an argument, a field, a trait object or a wrapper of an unknown crate, and tasks of an
  executor that somebody else runs (\`Executor::spawn\`).
- What other crates do inside: of those that are built on tokio the table has some calls of \`reqwest\`, \`tokio-postgres\` and
  \`tokio-tungstenite\`.
- A function that enters a runtime or asks for one, itself or through what it calls, is trusted from there on (counted).
- Who calls a library’s function that blocks on a future: whether that thread has a context is not known (a note).
- Futures of \`smol\`, \`async-io\` and \`async-std\` are no finding: they start their reactor themselves and work under every
  executor.
- Whether futures of two versions of one runtime meet: that both are built into one program is all that is said (a note).`,
  needs: ['async-bodies', 'bodies', 'call-graph', 'packages'],
  messages,
  start: program => {
    const needsByNode = new Map<FunctionId, readonly Need[]>();
    const drivers = new Set<FunctionId>();
    if (hasTokio(program)) {
      for (const node of program.graph.nodes) {
        const needs = needsOf(program, node);
        if (needs.length > 0) needsByNode.set(node.id, needs);
        if (node.calls.some(call => plainExecutorOf(program, call) !== null)) drivers.add(node.id);
      }
    }
    const choices = choicesOf(program, node => needsByNode.has(node.id));
    const isOfWorkspace = workspaceCrates(program);
    const drives: Drive[] = [];
    let notFollowed = 0;
    let stopped = 0;
    let unplaced = 0;
    return {
      wants: node => drivers.has(node.id) || choices.wants(node),
      visit(subject) {
        const { node, body } = subject;
        if (choices.wants(node)) choices.learn(node, body);
        if (!drivers.has(node.id)) return;
        for (const call of node.calls) {
          const executor = plainExecutorOf(program, call);
          if (executor === null) continue;
          const futures = drivenFutures(program, subject, call, isOfWorkspace);
          if (futures.length === 0) notFollowed++;
          for (const future of futures) drives.push({ node, call, executor, future });
        }
      },
      finish(report) {
        const plain = plainRunsOf(program, drives, isTestIn(program), choices.isChoice);
        stopped = plain.stopped;
        for (const run of plain.runs) {
          const needs = (needsByNode.get(run.node.id) ?? []).filter(
            ({ block }) => !choices.isChoice(run.node, block),
          );
          if (needs.length === 0) continue;
          const draft = needDraft(program, run, needs);
          if (draft === null) unplaced++;
          else report(draft);
        }
        if (program.workspace !== null)
          for (const draft of versionDrafts(program.workspace, program.readSource)) report(draft);
      },
      unknowns: () =>
        [
          {
            what: 'futures that an executor other than tokio’s runs',
            why: 'where they were made is not known, so whether they need tokio is not',
            count: needsByNode.size === 0 ? 0 : notFollowed,
          },
          {
            what: 'functions on a thread without a tokio context that enter a tokio runtime, or ask for one',
            why: 'from where to where its guard is alive is not followed',
            count: needsByNode.size === 0 ? 0 : stopped,
          },
          {
            what: 'functions that need tokio and run without, with no place in the workspace',
            why: 'a macro of another crate makes the calls',
            count: unplaced,
          },
        ]
          .filter(({ count }) => count > 0)
          .map(unknown => ({ area: 'async' as const, ...unknown })),
    } satisfies RuleRun;
  },
});

/** The table is of tokio 1; without metadata it is taken for granted. */
function hasTokio({ workspace }: Program): boolean {
  if (workspace === null) return true;
  return workspace.packages.some(({ name, version }) => name === 'tokio' && version.startsWith('1.'));
}

/** Functions under a test attribute, by name: the harness calls them on threads of its own. */
function isTestIn({ sources }: Program): (node: FunctionNode) => boolean {
  const names = new Set<string>();
  for (const { text } of sources) {
    if (!text.includes('test')) continue;
    const attribute =
      /#\[(?:\w+::)*test\b[^\]]*\]\s*(?:(?:#\[[^\]]*\]|\/\/[^\n]*)\s*)*(?:pub\s+)?(?:async\s+)?fn\s+(\w+)/g;
    for (const match of text.matchAll(attribute)) names.add(match[1] ?? '');
  }
  return ({ name }) => names.has(name.slice(name.lastIndexOf(':') + 1));
}
