import type { FunctionId } from '#mir/function-node.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Step } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { compareLocks, lockText } from '../../lock-identity.ts';
import { chainOf } from '../../lock-story.ts';
import type { LocksTaken, Taken } from '../../locks-taken.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace } from '../../subject.ts';
import type { OtherAwait, UnpolledFuture } from '../../unpolled-futures.ts';

/** One future, one await that leaves it alone, and what both want. */
export interface Stall {
  readonly future: UnpolledFuture;
  readonly at: OtherAwait;
  /** Null: it provably holds nothing that others want. */
  readonly severity: 'error' | 'warning' | 'note' | null;
  readonly waits: Taken | null;
  readonly holds: { readonly body: FunctionId; readonly taken: Taken } | null;
}

export interface Messages {
  readonly surely: (future: string, lock: string) => string;
  readonly maybe: (future: string, lock: string) => string;
  readonly unpolled: (future: string) => string;
}

/** Null where there is nothing to say, or no span in the workspace. */
export function draftOf(
  program: Program,
  locks: LocksTaken,
  id: FunctionId,
  stall: Stall,
  messages: Messages,
): FindingDraft | null {
  const { future, at, severity, waits, holds } = stall;
  if (severity === null) return null;
  const location = [at.at, future.polledAt].find(isOurs) ?? null;
  if (location === null) return null;
  const node = locks.node(id);
  const what = nameOf(future);
  const lock = waits === null ? null : lockText(waits.lock, program.shapes);
  const isSame = waits !== null && holds !== null && compareLocks(waits.lock, holds.taken.lock) === 'same';
  const steps: Step[] = [];
  if (isOurs(future.polledAt)) steps.push({ location: future.polledAt, message: polledText(future, what) });
  if (waits !== null && lock !== null) steps.push(...chainOf(program, locks, waits, lock).steps);
  if (holds !== null) {
    const held = lockText(holds.taken.lock, program.shapes);
    const chain = chainOf(program, locks, { ...holds.taken, at: null }, held).steps;
    steps.push(
      ...chain.map((step, index) =>
        index === chain.length - 1 ? { ...step, message: `${what}: ${step.message}` } : step,
      ),
    );
  }
  const notes = [
    future.isStream
      ? `the futures in ${what} go on only when ${what} is polled, and nobody polls it before this await ends`
      : `${what} goes on only when it is polled, and nobody polls it before this await ends`,
  ];
  if (waits !== null && !isSame)
    notes.push('that it is the same one is likely and not proved: both are named by their types');
  if (waits !== null && !at.inOtherArm) notes.push('the arms have met again here: it may be done already');
  if (waits?.call.mode === 'shared')
    notes.push('two readers wait for each other only if a writer has asked in between');
  const more = future.awaits.length - 1;
  if (more > 0) notes.push(`so it is in ${more} more await${more === 1 ? '' : 's'} of this function`);
  return {
    severity,
    confidence: waits === null && holds === null ? 'possible' : 'likely',
    message:
      lock === null
        ? messages.unpolled(what)
        : isSame
          ? messages.surely(what, lock)
          : messages.maybe(what, lock),
    function: program.displayName(node),
    package: program.units[node.unit]?.package ?? '',
    location,
    label: lock === null ? `${what} stands still here` : `waits for \`${lock}\` while ${what} stands still`,
    steps,
    notes,
    help: helpOf(future, what),
    evidence: [
      {
        kind: 'mir',
        what: `_${future.local}: ${unqualified(future.ty.text)} is initialised at the poll in bb${at.block}, which does not reach it`,
      },
      ...(waits === null
        ? []
        : [
            {
              kind: 'table' as const,
              what: `\`${unqualified(waits.call.type)}::${waits.call.method}\` waits in a queue`,
            },
          ]),
    ],
  };
}

function isOurs(location: Location | null): location is Location {
  return location !== null && isInWorkspace(location);
}

function nameOf({ name, isStream }: UnpolledFuture): string {
  if (name !== null) return `\`${name}\``;
  return isStream ? 'the stream' : 'the future';
}

function polledText({ by, isStream }: UnpolledFuture, what: string): string {
  switch (by) {
    case 'select':
      return `${what} is polled here until another arm is done`;
    case 'timeout':
      return `${what} is polled here until the time is over`;
    case 'next':
      return isStream ? `${what} is polled here until one of its futures is done` : `${what} is polled here`;
  }
}

function helpOf({ isStream, by }: UnpolledFuture, what: string): string[] {
  if (isStream && by === 'next') {
    return [
      'run the futures as tasks (`tokio::spawn`, `JoinSet`): they go on by themselves',
      'or take what the body of the loop does into the futures themselves, so that nothing is awaited between two polls',
    ];
  }
  return [
    `spawn ${what} as a task and select on its handle: a task goes on by itself`,
    'or await nothing in the other arms: let them say what to do, and do it in the loop beside this future (`join!`)',
  ];
}
