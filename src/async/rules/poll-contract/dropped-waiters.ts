/**
 * Futures that a hand-written `poll` makes, polls once and drops: what stood in a queue of waiters for the task, waker and
 * all, is taken out again by their drop, so nothing wakes the task.
 *
 * Told of are futures of tokio that stand in such a queue as themselves (read in tokio 1.54.1: `Drop` of `Recv` in
 * sync/broadcast.rs, of `Notified` in sync/notify.rs, on which `watch` and `closed` are built, of `Acquire` in
 * sync/batch_semaphore.rs, on which locks and bounded channels are built, of `Readiness` in runtime/io/scheduled_io.rs). Not
 * `mpsc::Receiver::recv`: the channel keeps its waker.
 */
import { controlFlowOf } from '#mir/control-flow.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf } from '#mir/place.ts';
import type { BlockIndex, Body, LocalIndex, Operand, SpanRef, Terminator } from '#model/mir.ts';
import { usesOfContext } from './unwoken.ts';

export interface DroppedWaiter {
  /** The poll. */
  readonly span: SpanRef;
  /** Where the future is made, and by what. */
  readonly made: SpanRef;
  readonly by: string;
}

type Call = Terminator & { kind: 'call' };

const waiters =
  /^tokio::(?:sync::(?:broadcast|watch)::(?:Receiver|Sender)|sync::mpsc::Sender|sync::(?:Mutex|RwLock|Semaphore|Barrier|SetOnce)|net::(?:\w+::)*(?:TcpStream|UdpSocket|UnixStream|UnixDatagram))::\w+$/;

export function droppedWaitersOf(body: Body): DroppedWaiter[] {
  const found: DroppedWaiter[] = [];
  for (const [block, { terminator, cleanup }] of body.blocks.entries()) {
    if (cleanup || terminator.kind !== 'call' || !isPoll(terminator)) continue;
    const pinned = terminator.args[0];
    if (pinned === undefined || pinned.kind === 'const') continue;
    const polled = referredBy(body, pinned.place.local);
    for (const { terminator: call, cleanup: unwinds } of body.blocks) {
      if (unwinds || call.kind !== 'call' || typeof call.callee !== 'string') continue;
      const path = calleePath(call.callee);
      if (!waiters.test(path) || call.destination.projection.length > 0) continue;
      if (!/\bFuture\b/.test(body.locals[call.destination.local]?.ty ?? '')) continue;
      const owners = ownersOf(body, call.destination.local);
      if (owners === null || ![...owners].some(owner => polled.has(owner))) continue;
      if (returnsPending(body, block)) found.push({ span: terminator.span, made: call.span, by: path });
    }
  }
  return found;
}

function isPoll({ callee }: Call): boolean {
  return typeof callee === 'string' && / as (?:\w+::)*Future>::poll$/.test(callee);
}

/** The locals that a pinned reference may refer to, by references and moves between whole locals. */
function referredBy(body: Body, start: LocalIndex): ReadonlySet<LocalIndex> {
  const found = new Set([start]);
  const pending = [start];
  const add = (local: LocalIndex) => {
    if (found.has(local)) return;
    found.add(local);
    pending.push(local);
  };
  const addOperand = (operand: Operand | undefined) => {
    if (operand !== undefined && operand.kind !== 'const') add(operand.place.local);
  };
  for (let local = pending.pop(); local !== undefined; local = pending.pop()) {
    for (const { statements, terminator, cleanup } of body.blocks) {
      if (cleanup) continue;
      for (const statement of statements) {
        if (statement.kind !== 'assign' || statement.place.local !== local) continue;
        if (statement.place.projection.length > 0) continue;
        const { rvalue } = statement;
        if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') add(rvalue.place.local);
        for (const operand of operandsOf(rvalue)) addOperand(operand);
      }
      // `Pin::new`, `Box::pin`, `as_mut`.
      if (terminator.kind === 'call' && terminator.destination.local === local)
        addOperand(terminator.args[0]);
    }
  }
  return found;
}

/** The locals that own the future; null where it goes anywhere else than into one, a `Box`, or a drop. */
function ownersOf(body: Body, start: LocalIndex): ReadonlySet<LocalIndex> | null {
  const owners = new Set([start]);
  const pending = [start];
  const isOwner = (operand: Operand, owner: LocalIndex) =>
    operand.kind !== 'const' && operand.place.local === owner && operand.place.projection.length === 0;
  const add = (local: LocalIndex) => {
    if (owners.has(local)) return;
    owners.add(local);
    pending.push(local);
  };
  for (let owner = pending.pop(); owner !== undefined; owner = pending.pop()) {
    if (owner === 0) return null;
    for (const { statements, terminator, cleanup } of body.blocks) {
      if (cleanup) continue;
      for (const statement of statements) {
        if (statement.kind !== 'assign') continue;
        const { place, rvalue } = statement;
        if (!operandsOf(rvalue).some(operand => isOwner(operand, owner as LocalIndex))) continue;
        if (rvalue.kind !== 'use' || place.projection.length > 0) return null;
        add(place.local);
      }
      if (terminator.kind !== 'call') continue;
      if (!terminator.args.some(arg => isOwner(arg, owner as LocalIndex))) continue;
      const path = typeof terminator.callee === 'string' ? calleePath(terminator.callee) : '';
      if (/\bmem::drop$/.test(path)) continue;
      if (!/\bBox::pin$|::into_future$/.test(path) || terminator.destination.projection.length > 0)
        return null;
      add(terminator.destination.local);
    }
  }
  return owners;
}

/** Whether a way on which the poll was pending returns without another use of the context. */
function returnsPending(body: Body, poll: BlockIndex): boolean {
  const flow = controlFlowOf(body);
  const uses = usesOfContext(body);
  const outcomes = outcomesOf(body, poll);
  const seen = new Set([poll]);
  const pending = [poll];
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    if (block !== poll && uses(block)) continue;
    const { terminator } = body.blocks[block] ?? { terminator: null };
    if (terminator?.kind === 'return') return true;
    const listed = asksFor(body, block, outcomes);
    for (const edge of flow.successors[block] ?? []) {
      if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
      // `Ready` is 0 and `Pending` is 1.
      if (listed !== null && (edge.kind === 'value' ? edge.value !== '1' : listed.includes('1'))) continue;
      seen.add(edge.target);
      pending.push(edge.target);
    }
  }
  return false;
}

/** Locals that the poll's answer is in. */
function outcomesOf(body: Body, poll: BlockIndex): ReadonlySet<LocalIndex> {
  const terminator = body.blocks[poll]?.terminator;
  const outcomes = new Set<LocalIndex>(terminator?.kind === 'call' ? [terminator.destination.local] : []);
  for (let size = -1; size !== outcomes.size; ) {
    size = outcomes.size;
    for (const { statements } of body.blocks) {
      for (const statement of statements) {
        if (statement.kind !== 'assign' || statement.rvalue.kind !== 'use') continue;
        const { operand } = statement.rvalue;
        const isWhole = operand.kind !== 'const' && operand.place.projection.length === 0;
        if (isWhole && outcomes.has(operand.place.local) && statement.place.projection.length === 0)
          outcomes.add(statement.place.local);
      }
    }
  }
  return outcomes;
}

/** The values that a switch on the answer lists; null where a block asks for something else. */
function asksFor(body: Body, block: BlockIndex, outcomes: ReadonlySet<LocalIndex>): string[] | null {
  const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
  if (terminator?.kind !== 'switch' || terminator.operand.kind === 'const') return null;
  const { local } = terminator.operand.place;
  const asked = statements.some(
    statement =>
      statement.kind === 'assign' &&
      statement.place.local === local &&
      statement.rvalue.kind === 'discriminant' &&
      statement.rvalue.place.projection.length === 0 &&
      outcomes.has(statement.rvalue.place.local),
  );
  return asked ? terminator.targets.map(target => target.value) : null;
}
