import type { Body, Operand, Place, Rvalue, SpanRef, Statement, Terminator } from '#model/mir.ts';
import { spanAt } from '../../src/formats/mir-text/span.ts';

/**
 * A body of the model as text, in rustc's own notation wherever the model keeps what that needs. What it does not keep:
 * what happens on unwind where no block handles it, whether an assert expects false, its message, inline assembly.
 */
export function drawBody(body: Body): string {
  const lines = [
    `${body.kind} ${body.name} (${body.pass})${body.yields === null ? '' : ` yields ${body.yields}`}`,
  ];
  for (const [index, local] of body.locals.entries()) {
    const word = index > 0 && index <= body.argCount ? 'arg' : local.mutable ? 'let mut' : 'let';
    lines.push(`  ${word} _${index}: ${local.ty}${drawSpan(body, local.span)}`);
  }
  for (const debug of body.debugInfo) {
    const value = debug.place === null ? '…' : drawPlace(debug.place);
    lines.push(`  debug ${debug.name} => ${value}${drawSpan(body, debug.span)}`);
  }
  for (const [index, block] of body.blocks.entries()) {
    lines.push(`  bb${index}${block.cleanup ? ' (cleanup)' : ''}:`);
    for (const statement of block.statements) {
      lines.push(`    ${drawStatement(statement)}${drawSpan(body, statement.span)}`);
    }
    lines.push(`    ${drawTerminator(block.terminator)}${drawSpan(body, block.terminator.span)}`);
    if (block.terminator.kind === 'call' && block.terminator.calleeSpan >= 0) {
      lines.push(`      callee${drawSpan(body, block.terminator.calleeSpan)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function drawSpan(body: Body, ref: SpanRef): string {
  const span = spanAt(body, ref);
  if (span === null) return '';
  const file = span.file.startsWith('/rustc/') ? 'std' : span.file;
  return ` @ ${file}:${span.startLine}:${span.startColumn}: ${span.endLine}:${span.endColumn}`;
}

export function drawStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'assign':
      return `${drawPlace(statement.place)} = ${drawRvalue(statement.rvalue)}`;
    case 'storage-live':
      return `StorageLive(_${statement.local})`;
    case 'storage-dead':
      return `StorageDead(_${statement.local})`;
    case 'set-discriminant':
      return `discriminant(${drawPlace(statement.place)}) = ${statement.variant}`;
    case 'other':
      return statement.text;
  }
}

export function drawTerminator(terminator: Terminator): string {
  switch (terminator.kind) {
    case 'goto':
      return `goto -> bb${terminator.target}`;
    case 'switch': {
      const cases = terminator.targets.map(({ value, target }) => `${value}: bb${target}`);
      if (terminator.otherwise !== null) cases.push(`otherwise: bb${terminator.otherwise}`);
      return `switchInt(${drawOperand(terminator.operand)}) -> [${cases.join(', ')}]`;
    }
    case 'return':
    case 'resume':
    case 'unreachable':
      return terminator.kind;
    case 'terminate':
      return 'terminate(…)';
    case 'coroutine-drop':
      return 'coroutine_drop';
    case 'drop': {
      const { place, target, unwind, drop } = terminator;
      return `drop(${drawPlace(place)})${drawEdges({ return: target, unwind, drop })}`;
    }
    case 'call': {
      const { destination, callee, args, target, unwind } = terminator;
      const call = `${drawPlace(destination)} = ${drawCall(callee, args)}`;
      return `${call}${drawEdges({ return: target, unwind })}`;
    }
    case 'tail-call':
      return `tailcall ${drawCall(terminator.callee, terminator.args)}`;
    case 'assert': {
      const { condition, target, unwind } = terminator;
      return `assert(${drawOperand(condition)}, …)${drawEdges({ success: target, unwind })}`;
    }
    case 'yield': {
      const { value, destination, resume, drop } = terminator;
      return `${drawPlace(destination)} = yield(${drawOperand(value)})${drawEdges({ resume, drop })}`;
    }
    case 'false-edge':
      return `falseEdge${drawEdges({ real: terminator.real, imaginary: terminator.imaginary })}`;
    case 'false-unwind':
      return `falseUnwind${drawEdges({ real: terminator.real, unwind: terminator.unwind })}`;
    case 'inline-asm': {
      const targets = terminator.targets.map(target => `bb${target}`);
      if (terminator.unwind !== null) targets.push(`unwind: bb${terminator.unwind}`);
      return `asm!(…) -> [${targets.join(', ')}]`;
    }
    case 'other':
      return `? ${terminator.text} -> {${terminator.targets.map(target => `bb${target}`).join(', ')}}`;
  }
}

function drawEdges(edges: Readonly<Record<string, number | null | undefined>>): string {
  const drawn: string[] = [];
  for (const [label, block] of Object.entries(edges)) {
    if (block !== null && block !== undefined) drawn.push(`${label}: bb${block}`);
  }
  return ` -> [${drawn.join(', ')}]`;
}

function drawCall(callee: string | Operand, args: readonly Operand[]): string {
  return `${typeof callee === 'string' ? callee : drawOperand(callee)}(${args.map(drawOperand).join(', ')})`;
}

function drawRvalue(rvalue: Rvalue): string {
  switch (rvalue.kind) {
    case 'use':
      return drawOperand(rvalue.operand);
    case 'ref': {
      const word = { shared: '', mut: 'mut ', fake: 'fake shallow ' }[rvalue.mutability];
      return `&${word}${drawPlace(rvalue.place)}`;
    }
    case 'raw-ref':
      return `&raw ${rvalue.mutability} ${drawPlace(rvalue.place)}`;
    case 'cast':
      return `${drawOperand(rvalue.operand)} as ${rvalue.ty} (${rvalue.how})`;
    case 'discriminant':
      return `discriminant(${drawPlace(rvalue.place)})`;
    case 'aggregate': {
      const positional = rvalue.fields.map(field => drawOperand(field.operand)).join(', ');
      if (rvalue.shape === 'array') return `[${positional}]`;
      if (rvalue.shape === 'tuple')
        return rvalue.fields.length === 1 ? `(${positional},)` : `(${positional})`;
      if (rvalue.fields.length === 0) return rvalue.name;
      if (rvalue.fields[0]?.name === null) return `${rvalue.name}(${positional})`;
      const named = rvalue.fields.map(field => `${field.name}: ${drawOperand(field.operand)}`);
      return `${rvalue.name} { ${named.join(', ')} }`;
    }
    case 'operation':
      return `${rvalue.operator}(${rvalue.operands.map(drawOperand).join(', ')})`;
    case 'other':
      return `? ${rvalue.text}`;
  }
}

function drawOperand(operand: Operand): string {
  return operand.kind === 'const' ? `const ${operand.text}` : `${operand.kind} ${drawPlace(operand.place)}`;
}

function drawPlace(place: Place): string {
  let drawn = `_${place.local}`;
  for (const step of place.projection) {
    switch (step.kind) {
      case 'deref':
        drawn = `(*${drawn})`;
        break;
      case 'field':
        drawn = `(${drawn}.${step.index}: ${step.ty})`;
        break;
      case 'downcast':
        drawn = `(${drawn} as ${step.variant})`;
        break;
      case 'index':
        drawn = `${drawn}[_${step.local}]`;
        break;
      case 'elements':
        drawn = `${drawn}[${step.text}]`;
        break;
      case 'cast':
        drawn = `(${drawn} as subtype ${step.ty})`;
        break;
    }
  }
  return drawn;
}
