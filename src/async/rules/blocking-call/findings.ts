/** Blocking calls that async code reaches, as findings. */
import type { FunctionNode } from '#mir/function-node.ts';
import type { Severity, Step } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import type { FindingDraft } from '#rules/rule.ts';
import type { Blocking, Within } from '../../knowledge/blocking.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace } from '../../subject.ts';
import type { Hop, Way } from '../../ways-from-async.ts';
import { adviceFor } from './advice.ts';
import { messages } from './messages.ts';
import type { Startup } from './startup.ts';

/** A blocking call, and how async code gets to it. */
export interface Reached {
  readonly node: FunctionNode;
  readonly block: BlockIndex;
  /** In the workspace. */
  readonly at: Location;
  readonly blocking: Blocking;
  readonly ways: readonly Way[];
  /** False where a value is dropped that may be without what blocks. */
  readonly certain: boolean;
}

// Limit: calls of one function that are shown as steps of one note.
const callsShown = 4;

export function draftsOf(program: Program, reached: readonly Reached[], startup: Startup): FindingDraft[] {
  const drafts: FindingDraft[] = [];
  /** Short calls of one kind in one function are one note. */
  const short = new Map<string, Reached[]>();
  for (const item of reached) {
    if (item.blocking.level !== 'short') {
      drafts.push(draftOf(program, [item], startup));
      continue;
    }
    const { isEarly } = chosenWay(item, startup);
    if (isEarly) continue;
    const key = `${item.node.id} ${item.blocking.kind}`;
    short.set(key, [...(short.get(key) ?? []), item]);
  }
  for (const items of short.values()) {
    items.sort((a, b) => a.at.startLine - b.at.startLine || a.at.startColumn - b.at.startColumn);
    drafts.push(draftOf(program, items, startup));
  }
  return drafts;
}

/** The way that does most harm: not before the first task was started; then the shortest. */
function chosenWay({ ways, block }: Reached, startup: Startup): { way: Way; isEarly: boolean } {
  const judged = ways.map(way => ({
    way,
    isEarly: startup.isBefore(way.root, way.hops[0]?.block ?? block),
  }));
  const [first, ...others] = judged as [(typeof judged)[0], ...typeof judged];
  return others.reduce((best, next) => {
    if (best.isEarly !== next.isEarly) return best.isEarly ? next : best;
    return next.way.hops.length < best.way.hops.length ? next : best;
  }, first);
}

function draftOf(program: Program, items: readonly Reached[], startup: Startup): FindingDraft {
  const item = items[0] as Reached;
  const { node, at, blocking, ways } = item;
  const { way, isEarly } = chosenWay(item, startup);
  const advice = adviceFor(blocking);
  const certain = item.certain && way.hops.every(hop => hop.certain);
  const isAsked = blocking.level === 'forbidden' && [node, ...way.hops.map(hop => hop.from)].some(asks);
  const notes = [advice.why];
  if (blocking.within !== null) notes.push(inOtherCrate(blocking.within));
  if (isEarly) notes.push(messages.early);
  if (isAsked) notes.push(messages.asked);
  if (!certain) notes.push(messages.maybe);
  const roots = new Set(ways.map(({ root }) => root.id)).size;
  if (roots > 1) notes.push(messages.more(roots - 1));
  return {
    severity: severityOf(blocking, { isEarly, isAsked, certain }),
    confidence: 'likely',
    message: messageOf(items),
    function: program.displayName(node),
    package: program.units[node.unit]?.package ?? '',
    location: at,
    label: messages.here(advice.does),
    steps: [...stepsOf(program, way), ...otherCalls(items)],
    notes,
    help: advice.help,
    evidence: [
      ...(way.hops.length === 0
        ? []
        : [{ kind: 'mir' as const, what: `calls from ${program.displayName(way.root)}: ${drawWay(way)}` }]),
      ...(blocking.within === null
        ? []
        : [
            {
              kind: 'mir' as const,
              what: `MIR of ${blocking.within.package}: ${drawInner(blocking.within)}`,
            },
          ]),
      {
        kind: 'table',
        what: `\`${blocking.what}\` ${advice.does} (${blocking.seen === null ? 'from documentation' : `seen with ${blocking.seen}`}; ${blocking.source})`,
      },
    ],
  };
}

function messageOf(items: readonly Reached[]): string {
  const { what: inner, level, kind, within } = (items[0] as Reached).blocking;
  const what = within === null ? inner : within.callee;
  if (level === 'forbidden') return kind === 'panics' ? messages.panics(what) : messages.deadlocks(what);
  if (level === 'long') return messages.long(what);
  return items.length === 1 ? messages.short(what) : messages.shortOnes(what, items.length - 1);
}

function severityOf(
  { level }: Blocking,
  way: { readonly isEarly: boolean; readonly isAsked: boolean; readonly certain: boolean },
): Severity {
  if (level === 'short') return 'note';
  if (level === 'long') return way.isEarly ? 'note' : 'warning';
  if (way.isAsked) return 'note';
  return way.certain ? 'error' : 'warning';
}

// Limit: calls inside of another crate that a note shows; the evidence shows all.
const innerShown = 4;

function inOtherCrate({ package: named, way }: Within): string {
  const callees = way.map(({ callee }) => callee);
  const shown =
    callees.length <= innerShown ? callees : [...callees.slice(0, innerShown - 2), '…', ...callees.slice(-1)];
  const last = way.at(-1);
  const place = last === undefined || last.at === null ? '' : `, at ${last.at} of ${last.package}`;
  return messages.within(named, shown, place);
}

function drawInner({ way }: Within): string {
  return way.map(({ callee, at, package: own }) => `${callee} (${at ?? 'in a macro'} of ${own})`).join(' → ');
}

/** The function finds out whether it is in a runtime. */
function asks(node: FunctionNode): boolean {
  return node.calls.some(call => call.method === 'try_current');
}

function stepsOf(program: Program, way: Way): Step[] {
  return way.hops.flatMap((hop, index) => {
    const { at, how, from, name } = hop;
    if (at === null || !isInWorkspace(at)) return [];
    const caller = program.displayName(from);
    if (how === 'drop') return [{ location: at, message: messages.drops(name) }];
    if (how === 'poll') return [{ location: at, message: messages.awaits }];
    const message = how === 'call' ? messages.calls : messages.runsClosure;
    return [{ location: at, message: message(caller, name, index === 0) }];
  });
}

function otherCalls(items: readonly Reached[]): Step[] {
  return items.slice(1, callsShown).map(({ at, blocking }) => ({
    location: at,
    message: `\`${blocking.within?.callee ?? blocking.what}\` too`,
  }));
}

function drawWay({ hops }: Way): string {
  return hops.map((hop: Hop) => (hop.how === 'drop' ? `drop of ${hop.name}` : hop.name)).join(' → ');
}
