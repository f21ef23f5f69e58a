import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import type { Program } from '../../program.ts';
import { type RunEdge, runEdgesOf } from '../../reach.ts';
import { choicesOf } from './choices.ts';
import { drivenFutures, drivenNeed, plainExecutorOf, workspaceCrates } from './drives.ts';
import { messages } from './messages.ts';
import { needDraft } from './need-findings.ts';
import { type Need, needsOf } from './needs.ts';
import { type Drive, hopOfDrive, type PlainRun, plainRunsOf } from './plain-threads.ts';
import { testFunctionsIn } from './test-functions.ts';
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
    const { workspace, readSource } = program;
    const versions = () => (workspace === null ? [] : versionDrafts(workspace, readSource));
    if (needsByNode.size === 0 && drivers.size === 0) return onlyVersions(versions);
    const edgesOf = edgesIn(program);
    const choices = choicesOf(program, edgesOf, node => needsByNode.has(node.id));
    const isOfWorkspace = workspaceCrates(program);
    const drives: Drive[] = [];
    const direct: { drive: Omit<Drive, 'future'>; need: Need }[] = [];
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
          const need = drivenNeed(program, subject, call, isOfWorkspace);
          if (need !== null) direct.push({ drive: { node, call, executor }, need });
          const futures = drivenFutures(program, subject, call, isOfWorkspace);
          if (futures.length === 0 && need === null) notFollowed++;
          for (const future of futures) drives.push({ node, call, executor, future });
        }
      },
      finish(report) {
        const plain = plainRunsOf(program, edgesOf, drives, isTestIn(program), choices.isChoice);
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
        for (const { drive, need } of direct) {
          const { node, call, executor } = drive;
          if (choices.isChoice(node, call.block)) continue;
          const hop = hopOfDrive(drive, node);
          const before = executor.thread === 'own' ? null : plain.runOf(node);
          if (executor.thread === 'caller' && before === null) continue;
          const run: PlainRun =
            before === null
              ? { node, start: 'executor', hops: [hop] }
              : { ...before, hops: [...before.hops, hop] };
          const draft = needDraft(program, run, [need]);
          if (draft === null) unplaced++;
          else report(draft);
        }
        for (const draft of versions()) report(draft);
      },
      unknowns: () =>
        [
          {
            what: 'futures that an executor other than tokio’s runs',
            why: 'where they were made is not known, so whether they need tokio is not',
            count: notFollowed,
          },
          {
            what: 'functions on a thread without a tokio context that enter a tokio runtime, or ask for one',
            why: 'from where to where its guard is alive is not followed',
            count: stopped,
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

/** Where nothing needs tokio. */
function onlyVersions(versions: () => readonly FindingDraft[]): RuleRun {
  return {
    wants: () => false,
    visit: () => {},
    finish(report) {
      for (const draft of versions()) report(draft);
    },
  };
}

/** Each function is asked several times. */
function edgesIn(program: Program): (node: FunctionNode) => readonly RunEdge[] {
  const known: (readonly RunEdge[])[] = [];
  return node => {
    let edges = known[node.id];
    if (edges === undefined) {
      edges = runEdgesOf(program, node);
      known[node.id] = edges;
    }
    return edges;
  };
}

/** The table is of tokio 1; without metadata it is taken for granted. */
function hasTokio({ workspace }: Program): boolean {
  if (workspace === null) return true;
  return workspace.packages.some(({ name, version }) => name === 'tokio' && version.startsWith('1.'));
}

/** Functions under a test attribute, by name: the harness calls them on threads of its own. */
function isTestIn({ sources }: Program): (node: FunctionNode) => boolean {
  const names = new Set<string>();
  for (const { text } of sources) {
    for (const name of testFunctionsIn(text)) names.add(name);
  }
  return ({ name }) => names.has(name.slice(name.lastIndexOf(':') + 1));
}
