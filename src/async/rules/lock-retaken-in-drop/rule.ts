import type { FunctionId } from '#mir/function-node.ts';
import type { Found } from '#mir/type-contents.ts';
import { unqualified } from '#mir/type-shapes.ts';
import { substituteValue, unknownValue, type Value } from '#mir/value-paths.ts';
import type { Severity, Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import type { DropPoint } from '../../lock-facts.ts';
import { compareLocks, lockClassOf, lockText } from '../../lock-identity.ts';
import { chainOf } from '../../lock-story.ts';
import { type HeldLock, type LocksTaken, locksTakenOf, type Taken } from '../../locks-taken.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace } from '../../subject.ts';

export const lockRetakenInDrop = defineAsyncRule({
  name: 'async/lock-retaken-in-drop',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'A value is dropped while a lock is held that its `Drop` takes.',
  why: `\`Drop\` runs where nobody wrote a call: at the end of a scope, on an early return, where a map replaces a value. When it
takes a lock that the same code still holds, the thread waits for itself. In omicron a ticket whose \`Drop\` takes a lock of the
port manager was dropped, on an error path, before the guard of that very lock (omicron#10280, mended in omicron#10281).`,
  whenToAllow: 'The value belongs to another object of the same type, with a lock of its own.',
  cannotSee: `- Values that a function of another crate drops inside itself: elements of a map that is cleared.
- A \`Drop\` behind \`dyn Trait\` or a type parameter.
- Drops inside a function that is called while the lock is held.`,
  needs: ['async-bodies', 'bodies', 'call-graph', 'type-shapes'],
  messages: {
    retaken: (what: string, lock: string, type: string) =>
      `${what} is dropped while \`${lock}\` is locked, and \`Drop\` of \`${type}\` locks it again`,
    maybeRetaken: (what: string, lock: string, type: string) =>
      `${what} is dropped while \`${lock}\` is locked, and \`Drop\` of \`${type}\` may lock it again`,
  },
  start: program => {
    const locks = locksTakenOf(program);
    return {
      wants: node => locks.wants(node),
      visit: subject => locks.note(subject),
      finish(report) {
        for (const [id, facts] of locks.facts) {
          const best = new Map<string, Retaken>();
          for (const drop of facts.drops) {
            for (const retaken of retakenAt(locks, id, drop)) {
              const key = `${drop.local} ${retaken.held.index}`;
              const known = best.get(key);
              if (known === undefined || rank(retaken) < rank(known)) best.set(key, retaken);
            }
          }
          for (const retaken of best.values()) {
            const draft = draftOf(program, locks, id, retaken);
            if (draft !== null) report(draft);
          }
        }
      },
    } satisfies RuleRun;
  },
});

interface Retaken {
  readonly drop: DropPoint;
  readonly run: Found<FunctionId>;
  readonly held: HeldLock;
  readonly lock: Value;
  readonly taken: Taken;
  readonly key: string;
  readonly severity: Severity;
}

function retakenAt(locks: LocksTaken, id: FunctionId, drop: DropPoint): Retaken[] {
  const value = locks.resolve(id, drop.value);
  const found: Retaken[] = [];
  for (const run of drop.runs) {
    const own = run.route.every(step => /`(?:Option|Box|Result)`$/.test(step))
      ? value
      : { ...unknownValue, ty: run.ty };
    for (const [key, taken] of locks.takenBy(run.entry)) {
      // What a value owns itself can have no guard when the value is dropped.
      if (taken.lock.base.kind === 'argument' && !taken.lock.shared) continue;
      const lock = substituteValue(taken.lock, local => (local === 1 ? own : null));
      for (const held of locks.heldAt(id, drop.held)) {
        for (const other of held.locks) {
          if (other.call.type !== taken.call.type) continue;
          if (other.call.mode === 'permit' || taken.call.mode === 'permit' || taken.call.mode === 'capacity')
            continue;
          const bothRead = other.call.mode === 'shared' && taken.call.mode === 'shared';
          const severity = severityOf(run, held, taken, other.lock, lock, bothRead);
          if (severity !== null) found.push({ drop, run, held, lock: other.lock, taken, key, severity });
        }
      }
    }
  }
  return found;
}

function severityOf(
  run: Found<FunctionId>,
  held: HeldLock,
  taken: Taken,
  heldLock: Value,
  lock: Value,
  bothRead: boolean,
): Severity | null {
  const relation = compareLocks(heldLock, lock);
  if (relation === 'different') return null;
  // Two readers are in each other's way only with a writer between them.
  if (bothRead) return relation === 'same' ? 'note' : null;
  const isSure = run.definite && held.definite && !run.shared && run.certainty === 'exact' && !run.inFuture;
  if (relation === 'same' && !held.acquisition.renewed) return isSure ? 'error' : 'warning';
  if (lockClassOf(lock) === null || lockClassOf(heldLock) === null) return null;
  return taken.lock.base.kind === 'unknown' || run.shared || run.certainty === 'guessed' ? 'note' : 'warning';
}

function rank({ severity, run, taken }: Retaken): number {
  return (
    { error: 0, warning: 100, note: 200 }[severity] + (run.definite ? 0 : 50) + Math.min(taken.depth, 40)
  );
}

function draftOf(program: Program, locks: LocksTaken, id: FunctionId, retaken: Retaken): FindingDraft | null {
  const { messages } = lockRetakenInDrop;
  const { drop, run, held, taken, key, severity } = retaken;
  const node = locks.node(id);
  const { at } = held.acquisition;
  const location = [drop.at, at].find(span => span !== null && isInWorkspace(span)) ?? null;
  if (location === null) return null;
  const lock = lockText(retaken.lock, program.shapes);
  const type = run.ty.kind === 'path' ? unqualified(run.ty.path) : run.ty.text;
  const what = drop.name === null ? 'a temporary' : `\`${drop.name}\``;
  const holder = held.acquisition.name === null ? 'a temporary' : `\`${held.acquisition.name}\``;
  const steps: Step[] = [];
  if (at !== null && isInWorkspace(at))
    steps.push({ location: at, message: `${holder} holds \`${lock}\` from here on` });
  steps.push(
    ...chainOf(program, locks, { ...taken, via: { callee: run.entry, key }, at: drop.at }, lock).steps,
  );
  const notes = ['the thread that would release the lock is the one that waits for it'];
  if (run.route.length > 0) notes.push(`it is in ${what} through ${run.route.map(unqualified).join(', ')}`);
  if (severity !== 'error') {
    if (!run.definite || !held.definite) notes.push('on some of the paths that lead here');
    if (run.shared) notes.push('it is shared: `Drop` runs here if this is its last owner');
    if (compareLocks(retaken.lock, taken.lock) !== 'same')
      notes.push('that it is the same lock is likely and not proved: both are named by their types');
  }
  return {
    severity,
    confidence: 'likely',
    message: (severity === 'error' ? messages.retaken : messages.maybeRetaken)(what, lock, type),
    function: program.displayName(node),
    package: program.units[node.unit]?.package ?? '',
    location,
    label: `${what} is dropped here`,
    steps,
    notes,
    help: [
      drop.name === null
        ? 'bind it to a variable that is declared before the guard, so that it outlives the guard'
        : `declare ${what} before ${holder}, or drop ${holder} first`,
    ],
    evidence: [
      {
        kind: 'mir',
        what: `a drop of \`${type}\` in ${node.name} while the guard of \`${lock}\` is initialised`,
      },
      { kind: 'table', what: `\`${unqualified(taken.call.type)}::${taken.call.method}\` waits for the lock` },
    ],
  };
}
