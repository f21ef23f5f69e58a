import { controlFlowOf } from '#mir/control-flow.ts';
import { isStandardPath, lastSegment } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import { unqualified } from '#mir/type-shapes.ts';
import { unusedValuesOf } from '#mir/unused-values.ts';
import type { Step } from '#model/finding.ts';
import type { LocalIndex, SpanRef } from '#model/mir.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace, type Subject } from '../../subject.ts';
import { isFreshFuture } from './fresh-future.ts';
import { futureParametersOf } from './future-parameters.ts';
import { callsParameter, makesFutures } from './makes-futures.ts';

/** How a type holds a future that nobody has polled. */
type Holding =
  /** It is one, or a wrapper of another crate around one. */
  | 'future'
  /** A type parameter that is one: the result of a function that the caller passed. The compiler says nothing of it. */
  | 'parameter'
  /** What a closure returned to a thread or a task: the future is its result. */
  | 'handle'
  /** A tuple, an `Option`, a collection. */
  | 'container';

export const unawaitedFuture = defineAsyncRule({
  name: 'async/unawaited-future',
  since: '0.1.0',
  levels: ['warning', 'note'],
  summary: 'A future is made and dropped without ever being polled.',
  why: `A future does nothing until it is polled. rustc warns of one that is made in a statement of its own, clippy of
\`let _ = …\`. Neither sees one behind a variable, in an \`Option\` (\`x.map(|x| save(x))\`), in a tuple, in one arm of a
\`match\`, as the result of a closure that was meant to run (\`spawn_blocking(|| save(x))\`), or of a type that is a parameter:
the call is written, the code compiles without a word, and the work is never done. The pause between two requests that a
caller of oauth2 passed as a function was so left out, and the endpoint was asked in a tight loop
(ramosbugs/oauth2-rs#152); socketioxide called the async handlers of its messages and dropped what they returned
(Totodore/socketioxide#190).`,
  whenToAllow: 'The future is made for its type alone, as in a test that it is `Send`.',
  cannotSee: `- Futures that are polled on one path and dropped unpolled on another: that is how \`select\` and lazy work look.
- Futures that are put into a struct, or passed to a function, that never polls them.
- Of types that are parameters: what does not come from calling a function that the caller passed, and bounds that are not
  written as \`Future\` in the header of the function or of its impl.
- In functions that are not async: futures of other crates. There the compiler's dump says \`impl Future\` of all of them.
- Futures that were taken out of something, or that \`dyn Future\` hides in an \`Option\`: they may have been polled before.
- What rustc (\`unused_must_use\`) and clippy (\`let_underscore_future\`) report already.`,
  needs: ['async-bodies', 'bodies', 'call-graph'],
  messages: {
    variable: (name: string) => `the future in \`${name}\` is never polled: what it should do is not done`,
    unnamed: 'a future is dropped without being polled: what it should do is not done',
    container: (type: string) =>
      `a future is dropped inside \`${type}\` without being polled: what it should do is not done`,
    handle: (type: string) =>
      `the closure returns a future, and \`${type}\` drops it without polling it: what it should do is not done`,
    dropCall: 'a future is passed to `drop` without being polled',
    made: 'the future is made here',
    dropped: 'dropped here',
  },
  start: program => {
    return {
      wants: node => node.coroutine || makesFutures(program, node) || callsParameter(node),
      visit(subject, report) {
        for (const draft of draftsOf(program, subject)) report(draft);
      },
    } satisfies RuleRun;
  },
});

function draftsOf(program: Program, subject: Subject): FindingDraft[] {
  const { body, shapes, scope } = subject;
  const hasParameter = callsParameter(subject.node);
  if (!hasParameter && !body.locals.some(local => mentionsFuture.test(local.ty))) return [];
  let isFutureParameter: ((name: string) => boolean) | null = null;
  const flow = controlFlowOf(body);
  const fateOf = unusedValuesOf(body, flow);
  const drafts: FindingDraft[] = [];
  const told = new Set<LocalIndex>();
  for (const block of flow.reversePostorder) {
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) {
      if (statement.kind !== 'assign' || statement.place.projection.length > 0) continue;
      if (statement.rvalue.kind === 'aggregate' && statement.rvalue.shape === 'closure')
        made(statement.place.local, statement.span, null);
    }
    if (terminator?.kind === 'call' && terminator.destination.projection.length === 0) {
      const callee = typeof terminator.callee === 'string' ? terminator.callee : null;
      made(terminator.destination.local, terminator.span, callee);
    }
  }
  return drafts;

  function made(local: LocalIndex, span: SpanRef, callee: string | null): void {
    const printed = body.locals[local]?.ty ?? '';
    const mayBeParameter = hasParameter && callee !== null && callsFn.test(callee) && /^\w+$/.test(printed);
    if (told.has(local) || !(mayBeParameter || mentionsFuture.test(printed))) return;
    const ty = shapes.qualify(printed, scope);
    const holding = mayBeParameter ? 'parameter' : holdingOf(ty);
    const fate = holding === null ? null : fateOf(local);
    if (holding === null || fate === null) return;
    if (mayBeParameter) {
      isFutureParameter ??= futureParametersOf(subject);
      if (!isFutureParameter(printed)) return;
    } else if (!isFreshFuture(subject, local)) return;
    told.add(local);
    const dropSpan = fate.dropCall ?? dropOf(fate.locals);
    // Never dropped: the body does not come to its end, or hands it to a thing that this analysis does not know.
    if (dropSpan === null) return;
    const debug = body.debugInfo.find(
      ({ place }) => place !== null && place.projection.length === 0 && fate.locals.includes(place.local),
    );
    // A statement of its own, and `let _ = …`: the compiler and clippy say it.
    if (holding === 'future' && debug === undefined && fate.dropCall === null && fate.locals.length === 1)
      return;
    const at = [debug?.span, span, dropSpan]
      .flatMap(ref => (ref === undefined ? [] : [subject.span(ref)]))
      .find(location => location !== null && isInWorkspace(location));
    if (at === undefined || at === null) return;
    drafts.push(draft(ty, holding, debug?.name ?? null, at, span, dropSpan, fate.dropCall !== null, callee));
  }

  /** Where the first of these is dropped on a path without unwinding and without cancellation. */
  function dropOf(locals: readonly LocalIndex[]): SpanRef | null {
    const seen = new Set([0]);
    const pending = [0];
    for (let at = 0; at < pending.length; at++) {
      const terminator = body.blocks[pending[at] as number]?.terminator;
      if (terminator?.kind === 'drop' && terminator.place.projection.length === 0) {
        if (locals.includes(terminator.place.local)) return terminator.span;
      }
      for (const edge of flow.successors[pending[at] as number] ?? []) {
        if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
        seen.add(edge.target);
        pending.push(edge.target);
      }
    }
    return null;
  }

  function draft(
    ty: Ty,
    holding: Holding,
    name: string | null,
    location: NonNullable<ReturnType<Subject['span']>>,
    madeAt: SpanRef,
    droppedAt: SpanRef,
    byCall: boolean,
    callee: string | null,
  ): FindingDraft {
    const { messages } = unawaitedFuture;
    const type = ty.kind === 'path' ? lastSegment(ty.path) : ty.kind === 'tuple' ? '(…)' : 'array';
    const steps: Step[] = [];
    for (const [span, message] of [
      [madeAt, messages.made],
      [droppedAt, messages.dropped],
    ] as const) {
      const at = subject.span(span);
      if (at !== null && isInWorkspace(at)) steps.push({ location: at, message });
    }
    const message = byCall
      ? messages.dropCall
      : holding === 'container'
        ? messages.container(type)
        : holding === 'handle'
          ? messages.handle(type)
          : name === null
            ? messages.unnamed
            : messages.variable(name);
    return {
      severity: byCall ? 'note' : 'warning',
      confidence: 'proved',
      message,
      function: program.displayName(subject.node),
      package: subject.krate.package,
      location,
      label:
        holding === 'future' || holding === 'parameter'
          ? 'never polled'
          : 'holds a future that is never polled',
      steps,
      notes: ['a future does nothing until it is polled'],
      help: [helpFor(holding, callee)],
      evidence: [
        {
          kind: 'mir',
          what: `\`${unqualified(ty.text)}\` is only stored and dropped in ${subject.body.name}: nothing borrows it, and no call gets it`,
        },
      ],
    };
  }
}

function helpFor(holding: Holding, callee: string | null): string {
  if (holding === 'handle')
    return 'spawn the future itself, or run it inside the closure (`Handle::block_on`)';
  if (holding === 'container' && callee !== null && /::map(::<.*)?$/s.test(callee))
    return 'use `if let Some(x) = … { f(x).await }`: a closure cannot await';
  return '`.await` it, or spawn it as a task';
}

const callsFn = / as (?:std|core)::ops::(?:Fn|FnMut|FnOnce)<.*>>::call(?:_mut|_once)?$/s;

const mentionsFuture =
  /\{async |\bimpl (std|core|futures[\w:]*)::(future::)?Future\b|\bdyn (std|core|futures[\w:]*)::(future::)?Future\b/;

function holdingOf(ty: Ty): Holding | null {
  switch (ty.kind) {
    case 'closure':
      return ty.coroutine ? 'future' : null;
    case 'impl':
      return mentionsFuture.test(ty.text) ? 'future' : null;
    case 'tuple':
      return ty.items.some(item => holdingOf(item) !== null) ? 'container' : null;
    case 'array':
      return holdingOf(ty.element) === null ? null : 'container';
    case 'path': {
      const [first] = ty.args;
      const inner = first === undefined ? null : holdingOf(first);
      const name = lastSegment(ty.path);
      if (name === 'JoinHandle' || name === 'ScopedJoinHandle') return inner === 'future' ? 'handle' : null;
      if (!isStandardPath(ty.path)) return null;
      if (name === 'Pin' || name === 'Box')
        return first?.kind === 'dyn' && mentionsFuture.test(first.text) ? 'future' : inner;
      return inner !== null && ['Option', 'Result', 'Vec', 'VecDeque', 'Poll'].includes(name)
        ? 'container'
        : null;
    }
    default:
      return null;
  }
}
