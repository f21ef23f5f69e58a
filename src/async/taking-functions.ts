/**
 * Functions of the workspace that return what they have taken out of what their first argument points to: `pop` by
 * another name. For who calls one, the value is as if it had taken it itself.
 */
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf } from '#mir/place.ts';
import { rootOf, sourceOf } from '#mir/value-source.ts';
import type { Body, LocalIndex, Operand } from '#model/mir.ts';
import { takingCallOf } from './knowledge/taking-calls.ts';

const self = 1;

const replaces = /::replace$/;

export function returnsWhatItTakes(body: Body): boolean {
  if (!/^&('\S+ |'\{\w+\} )?mut /.test(body.locals[self]?.ty ?? '')) return false;
  const carriers = new Set<LocalIndex>();
  for (const { cleanup, terminator } of body.blocks) {
    if (cleanup || terminator.kind !== 'call' || typeof terminator.callee !== 'string') continue;
    const path = calleePath(terminator.callee);
    const taking = takingCallOf(path);
    const [from] = terminator.args;
    if (taking === null || taking === 'awaited' || !isBehindSelf(body, from)) continue;
    if (replaces.test(path) && !isPlaceholder(body, terminator.args[1])) continue;
    carriers.add(terminator.destination.local);
  }
  if (carriers.size === 0 || carriers.has(self)) return false;
  for (let grown = true; grown; ) {
    const before = carriers.size;
    if (!spread(body, carriers)) return false;
    grown = carriers.size > before;
  }
  return carriers.has(0);
}

/** One round of moves; false where some of it goes back. */
function spread(body: Body, carriers: Set<LocalIndex>): boolean {
  const carries = (operand: Operand) => operand.kind !== 'const' && carriers.has(operand.place.local);
  for (const { cleanup, statements, terminator } of body.blocks) {
    if (cleanup) continue;
    for (const statement of statements) {
      if (statement.kind !== 'assign' || !operandsOf(statement.rvalue).some(carries)) continue;
      if (rootOf(body, statement.place).local === self) return false;
      carriers.add(statement.place.local);
    }
    if (terminator.kind !== 'call') continue;
    const [into, ...values] = terminator.args;
    if (!terminator.args.some(arg => arg.kind === 'move' && carries(arg))) continue;
    carriers.add(terminator.destination.local);
    // `requests.push(job.request)`
    if (into === undefined || into.kind === 'const' || !values.some(carries)) continue;
    const { local } = rootOf(body, derefed(into));
    if (local === self) return false;
    carriers.add(local);
  }
  return true;
}

/** `State::Invalid`, `None`: what stands for nothing until there is a value again. */
function isPlaceholder(body: Body, operand: Operand | undefined): boolean {
  if (operand === undefined) return false;
  const source = sourceOf(body, operand);
  return source.kind === 'const' || (source.kind === 'aggregate' && source.aggregate.fields.length === 0);
}

function isBehindSelf(body: Body, operand: Operand | undefined): boolean {
  return operand !== undefined && operand.kind !== 'const' && rootOf(body, derefed(operand)).local === self;
}

function derefed({ place }: Exclude<Operand, { kind: 'const' }>) {
  return { local: place.local, projection: [...place.projection, { kind: 'deref' as const }] };
}
