import type { Body, LocalIndex, Operand, Terminator } from '#model/mir.ts';
import { operandsOf } from './place.ts';

type Call = Terminator & { kind: 'call' };

// Limit: definitions followed; what `.await` puts between a call and its poll is six.
const stepsMax = 32;

/** Calls that hand their first argument on: what is polled is what went in. */
const passesOn =
  /(^|::)(into_future|new_unchecked|as_mut|pin|new|map_unchecked_mut|get_unchecked_mut|deref_mut|into)$/;

/**
 * The call that made a value, followed back through moves, references and the calls that `.await` makes around it. Null
 * where the value is an argument, where it has several definitions, or where the chain is longer than the bound.
 */
export function originOf(body: Body, operand: Operand): Call | null {
  if (operand.kind === 'const') return null;
  let local: LocalIndex = operand.place.local;
  for (let step = 0; step < stepsMax; step++) {
    const definition = onlyDefinitionOf(body, local);
    if (definition === null) return null;
    if (definition.kind === 'call') {
      const name = typeof definition.callee === 'string' ? definition.callee.replace(/::<.*>$/s, '') : '';
      const [first] = definition.args;
      if (!passesOn.test(name) || first === undefined || first.kind === 'const') return definition;
      local = first.place.local;
    } else local = definition.local;
  }
  return null;
}

function onlyDefinitionOf(body: Body, local: LocalIndex): Call | { kind: 'local'; local: LocalIndex } | null {
  let found: Call | { kind: 'local'; local: LocalIndex } | null = null;
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign' || statement.place.local !== local) continue;
      if (statement.place.projection.length > 0 || found !== null) return null;
      const { rvalue } = statement;
      const isReference = rvalue.kind === 'ref' || rvalue.kind === 'raw-ref';
      const from = isReference ? rvalue.place.local : localOf(operandsOf(rvalue)[0]);
      if (from === null) return null;
      found = { kind: 'local', local: from };
    }
    const { terminator } = block;
    if (terminator.kind === 'call' && terminator.destination.local === local) {
      if (found !== null) return null;
      found = terminator;
    }
  }
  return found;
}

function localOf(operand: Operand | undefined): LocalIndex | null {
  return operand === undefined || operand.kind === 'const' ? null : operand.place.local;
}
