import { unqualified } from '#mir/type-shapes.ts';
import type { Confidence, Severity, Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { lockText } from '../../lock-identity.ts';
import type { LockPair } from '../../lock-pairs.ts';
import { chainOf, shortName } from '../../lock-story.ts';
import type { LocksTaken } from '../../locks-taken.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace } from '../../subject.ts';

export interface Context {
  readonly program: Program;
  readonly locks: LocksTaken;
  readonly messages: {
    readonly again: (lock: string) => string;
    readonly againInCall: (lock: string, callee: string) => string;
    readonly read: (lock: string) => string;
    readonly permit: (lock: string) => string;
    readonly order: (a: string, b: string) => string;
  };
}

/** Places where the lock that is held is surely the one that is asked for; per function, guard and lock the nearest. */
export function reentriesOf(pairs: readonly LockPair[]): readonly LockPair[] {
  const found = new Map<string, LockPair>();
  for (const pair of pairs) {
    if (pair.relation !== 'same' || pair.held.acquisition.renewed) continue;
    if (pair.taken.call.mode === 'capacity' || pair.lock.call.type !== pair.taken.call.type) continue;
    const key = `${pair.id} ${pair.held.index} ${pair.point.block}`;
    const known = found.get(key);
    if (known === undefined || pair.taken.depth < known.taken.depth) found.set(key, pair);
  }
  return [...found.values()];
}

/** Null where no span lies in the workspace. */
export function againDraft({ program, locks, messages }: Context, pair: LockPair): FindingDraft | null {
  const lock = lockText(pair.lock.lock, program.shapes);
  const { at } = pair.taken;
  const location = [at, pair.held.acquisition.at].find(span => span !== null && isInWorkspace(span)) ?? null;
  if (location === null) return null;
  const node = locks.node(pair.id);
  const severity = severityOf(pair);
  const confidence: Confidence = pair.taken.depth === 0 && pair.held.definite ? 'proved' : 'likely';
  const callee = pair.taken.via === null ? null : shortName(program, locks, pair.taken.via.callee);
  const isPermit = pair.taken.call.mode === 'permit';
  const isRead = pair.lock.call.mode === 'shared' && pair.taken.call.mode === 'shared';
  const message = isPermit
    ? messages.permit(lock)
    : isRead
      ? messages.read(lock)
      : callee === null
        ? messages.again(lock)
        : messages.againInCall(lock, callee);
  const steps: Step[] = [];
  const taken = pair.held.acquisition.at;
  const holder = pair.held.acquisition.name === null ? 'a temporary' : `\`${pair.held.acquisition.name}\``;
  if (taken !== null && isInWorkspace(taken))
    steps.push({ location: taken, message: `${holder} holds \`${lock}\` from here on` });
  const chain = chainOf(program, locks, pair.taken, lock);
  steps.push(...chain.steps);
  const notes = [whyOf(pair)];
  if (!pair.held.definite) notes.push('it is held on some of the paths that lead here');
  return {
    severity,
    confidence,
    message,
    function: program.displayName(node),
    package: program.units[node.unit]?.package ?? '',
    location,
    label: pair.taken.call.waits === 'await' ? 'this await does not end' : 'this does not return',
    steps,
    notes,
    help: helpOf(pair, holder),
    evidence: [
      {
        kind: 'mir',
        what: `the guard of \`${lock}\` is initialised at ${pair.taken.via === null ? 'the call' : `the ${pair.point.polled === null ? 'call' : 'poll'} of ${callee}`}, and both paths to the lock are equal`,
      },
      {
        kind: 'table',
        what: `\`${unqualified(pair.taken.call.type)}::${pair.taken.call.method}\` waits for the lock`,
      },
    ],
  };
}

function severityOf(pair: LockPair): Severity {
  if (pair.taken.call.lock === 'pool' || pair.taken.call.lock === 'channel') return 'note';
  if (pair.taken.call.mode === 'permit') return 'warning';
  if (pair.lock.call.mode === 'shared' && pair.taken.call.mode === 'shared') return 'warning';
  return pair.held.definite ? 'error' : 'warning';
}

function whyOf({ taken, lock }: LockPair): string {
  if (taken.call.mode === 'permit')
    return 'when as many tasks hold one as there are, each of them waits for another to give one back';
  if (lock.call.mode === 'shared' && taken.call.mode === 'shared')
    return 'a writer that asks in between is served first: it waits for the first read lock, and the second read lock waits for the writer';
  if (taken.call.waits === 'await')
    return 'the guard lives in the future that waits: it is released when this await ends, and this await ends when it is released';
  return 'the thread that would release the lock is the one that waits for it; `std::sync::Mutex` may also panic instead';
}

function helpOf({ taken, held }: LockPair, holder: string): string[] {
  if (taken.call.mode === 'permit')
    return ['take all permits at once (`acquire_many`), or give the first one back before'];
  const help =
    held.acquisition.name === null ? [] : [`drop ${holder} before, if what it protects is no longer needed`];
  if (taken.via !== null)
    help.push(
      'pass what is locked (`&mut T` out of the guard) to a variant of the callee that does not lock',
    );
  else help.push('use the guard that is there');
  return help;
}
