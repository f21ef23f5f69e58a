/**
 * A future that a position polls by reference, and that nobody polls again on the way of an outcome: it is dropped with
 * the variable that it lies in, as if the position owned it.
 */

import { isPollCallee } from '#mir/awaits.ts';
import type { ControlFlow } from '#mir/control-flow.ts';
import { followOutcome } from '#mir/known-outcome.ts';
import { operandsOf, terminatorOperandsOf } from '#mir/place.ts';
import type { BlockIndex, Body, LocalIndex, Rvalue, Statement, Terminator } from '#model/mir.ts';
import type { CancelPosition, Outcome } from './cancel-positions.ts';

export function isGivenUp(
  body: Body,
  flow: ControlFlow,
  position: CancelPosition,
  outcome: Outcome,
  local: LocalIndex,
): boolean {
  const holders = holdersOf(body, local, position.poll);
  let isUsed = false;
  const known = outcome.value === null ? new Map() : new Map([[position.result, outcome.value]]);
  const { complete } = followOutcome(body, flow, position.ready, known, block => {
    isUsed ||= block === position.poll || mentions(body, block, holders);
    return !isUsed;
  });
  return complete && !isUsed;
}

/** The variable, and what holds a reference to it. What the position's own poll returns holds it no more. */
function holdersOf(body: Body, local: LocalIndex, poll: BlockIndex): ReadonlySet<LocalIndex> {
  const holders = new Set([local]);
  for (let grown = true; grown; ) {
    const before = holders.size;
    for (const [block, { cleanup, statements, terminator }] of body.blocks.entries()) {
      if (cleanup) continue;
      for (const statement of statements)
        if (statement.kind === 'assign' && isIn(statement.rvalue, holders))
          holders.add(statement.place.local);
      if (terminator.kind === 'call' && !isOwnPoll(block, terminator) && isGiven(terminator, holders))
        holders.add(terminator.destination.local);
    }
    grown = holders.size > before;
  }
  return holders;

  function isOwnPoll(block: BlockIndex, call: Terminator & { kind: 'call' }): boolean {
    return block === poll && typeof call.callee === 'string' && isPollCallee(call.callee);
  }
}

/** Anything but the end of it. */
function mentions(body: Body, block: BlockIndex, holders: ReadonlySet<LocalIndex>): boolean {
  const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
  return (
    statements.some(statement => isAssignedFrom(statement, holders)) ||
    (terminator !== null && terminator.kind !== 'drop' && isGiven(terminator, holders))
  );
}

function isAssignedFrom(statement: Statement, holders: ReadonlySet<LocalIndex>): boolean {
  return statement.kind === 'assign' && isIn(statement.rvalue, holders);
}

function isIn(rvalue: Rvalue, holders: ReadonlySet<LocalIndex>): boolean {
  if ((rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') && holders.has(rvalue.place.local)) return true;
  return operandsOf(rvalue).some(operand => operand.kind !== 'const' && holders.has(operand.place.local));
}

function isGiven(terminator: Terminator, holders: ReadonlySet<LocalIndex>): boolean {
  return terminatorOperandsOf(terminator).some(
    operand => operand.kind !== 'const' && holders.has(operand.place.local),
  );
}
