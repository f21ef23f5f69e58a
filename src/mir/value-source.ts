/**
 * Where a value comes from inside one body, followed back through moves, copies, casts and reborrows to what made it,
 * and the place that a reference is into. `.await` and macros put many temporaries between a call and its use.
 */
import type {
  Aggregate,
  BlockIndex,
  Body,
  LocalIndex,
  Operand,
  Place,
  SpanRef,
  Terminator,
} from '#model/mir.ts';

export type Source =
  | { readonly kind: 'call'; readonly block: BlockIndex; readonly call: Terminator & { kind: 'call' } }
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate; readonly span: SpanRef }
  | { readonly kind: 'borrow'; readonly mutable: boolean; readonly place: Place; readonly span: SpanRef }
  | { readonly kind: 'const' }
  /** An argument, a part of something, or a variable that is written at several places. */
  | { readonly kind: 'place'; readonly place: Place; readonly moved: boolean };

type Definition =
  | { readonly kind: 'call'; readonly block: BlockIndex; readonly call: Terminator & { kind: 'call' } }
  | {
      readonly kind: 'assign';
      readonly block: BlockIndex;
      readonly statement: Body['blocks'][number]['statements'][number] & { kind: 'assign' };
    }
  | { readonly kind: 'other' };

// Limit: steps back; what `select!` puts between a call and its poll is nine.
const stepsMax = 64;

const definitionsByBody = new WeakMap<Body, ReadonlyMap<LocalIndex, Definition | null>>();

/** The only write to a whole local outside of unwinding; null where there are several, or writes to parts of it. */
function definitionsOf(body: Body): ReadonlyMap<LocalIndex, Definition | null> {
  const known = definitionsByBody.get(body);
  if (known !== undefined) return known;
  const definitions = new Map<LocalIndex, Definition | null>();
  const define = (place: Place, definition: Definition) => {
    // A write behind a reference changes no local.
    if (place.projection.some(step => step.kind === 'deref')) return;
    const isOnly = place.projection.length === 0 && !definitions.has(place.local);
    definitions.set(place.local, isOnly ? definition : null);
  };
  body.blocks.forEach((block, index) => {
    if (block.cleanup) return;
    for (const statement of block.statements) {
      if (statement.kind === 'assign') define(statement.place, { kind: 'assign', block: index, statement });
    }
    const { terminator } = block;
    if (terminator.kind === 'call')
      define(terminator.destination, { kind: 'call', block: index, call: terminator });
    if (terminator.kind === 'yield') define(terminator.destination, { kind: 'other' });
  });
  definitionsByBody.set(body, definitions);
  return definitions;
}

/**
 * What made the value of an operand. Conversions that hand a future on (`into_future`) are looked through. `passed` is
 * told the spans of what the value was passed through, from the operand back to what made it.
 */
export function sourceOf(body: Body, operand: Operand, passed: (span: SpanRef) => void = () => {}): Source {
  if (operand.kind === 'const') return { kind: 'const' };
  const definitions = definitionsOf(body);
  let place = operand.place;
  let moved = operand.kind === 'move';
  for (let step = 0; step < stepsMax; step++) {
    const [first, ...rest] = place.projection;
    const definition = definitions.get(place.local) ?? null;
    if (definition === null || definition.kind === 'other') break;
    if (first !== undefined) {
      // `(_21.0)` of a tuple that one statement makes is what was put there.
      const made =
        first.kind === 'field' && definition.kind === 'assign' ? definition.statement.rvalue : null;
      const part =
        made?.kind === 'aggregate' && first.kind === 'field' ? made.fields[first.index]?.operand : undefined;
      if (part === undefined || rest.length > 0) break;
      if (part.kind === 'const') return { kind: 'const' };
      place = part.place;
      moved &&= part.kind === 'move';
      continue;
    }
    passed(definition.kind === 'call' ? definition.call.span : definition.statement.span);
    if (definition.kind === 'call') {
      const { call } = definition;
      const [arg] = call.args;
      if (
        typeof call.callee === 'string' &&
        isConversion(call.callee) &&
        arg !== undefined &&
        arg.kind !== 'const'
      ) {
        place = arg.place;
        continue;
      }
      return { kind: 'call', block: definition.block, call };
    }
    const { rvalue, span } = definition.statement;
    switch (rvalue.kind) {
      case 'use':
      case 'cast':
        if (rvalue.operand.kind === 'const') return { kind: 'const' };
        place = rvalue.operand.place;
        moved &&= rvalue.operand.kind === 'move';
        continue;
      case 'aggregate':
        return { kind: 'aggregate', aggregate: rvalue, span };
      case 'ref':
      case 'raw-ref':
        return {
          kind: 'borrow',
          mutable: rvalue.kind === 'ref' ? rvalue.mutability === 'mut' : rvalue.mutability === 'mut',
          place: rvalue.place,
          span,
        };
      default:
        return { kind: 'place', place, moved };
    }
  }
  return { kind: 'place', place, moved };
}

/** Calls that return the future that goes in. */
function isConversion(callee: string): boolean {
  return / as std::future::IntoFuture>::into_future$/.test(callee);
}

/** A place without temporaries in front of it: the variable, argument or capture, and the way to the part of it. */
export interface Root {
  readonly local: LocalIndex;
  /** `*`, `.2`, `as Some`, `[]`. */
  readonly path: readonly string[];
  /** False when a call lies between (`self.stream_mut()`): the root is what the call was given. */
  readonly exact: boolean;
}

/** The place that is behind a place: temporaries that hold a reference, or a moved value, are replaced by their source. */
export function rootOf(body: Body, place: Place): Root {
  const definitions = definitionsOf(body);
  let { local } = place;
  let path = stepsOf(place);
  let exact = true;
  for (let step = 0; step < stepsMax; step++) {
    const definition = definitions.get(local) ?? null;
    if (definition === null || definition.kind === 'other') break;
    if (definition.kind === 'call') {
      // A reference that a call returns is into what it was given; a value that it returns is new.
      const [arg] = definition.call.args;
      const isReference = /^(&|std::pin::Pin<&)/.test(body.locals[local]?.ty ?? '');
      if (!isReference || path[0] !== '*' || arg === undefined || arg.kind === 'const') break;
      const callee = typeof definition.call.callee === 'string' ? definition.call.callee : '';
      const isSame = passesReference.test(callee.replace(/::<[^<>]*>$/, ''));
      if (isSame) {
        ({ local } = arg.place);
        path = [...stepsOf(arg.place), ...path];
      } else {
        local = arg.place.local;
        path = [...stepsOf(arg.place), '*'];
        exact = false;
      }
      continue;
    }
    const { rvalue } = definition.statement;
    if ((rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') && path[0] === '*') {
      local = rvalue.place.local;
      path = [...stepsOf(rvalue.place), ...path.slice(1)];
    } else if ((rvalue.kind === 'use' || rvalue.kind === 'cast') && rvalue.operand.kind !== 'const') {
      local = rvalue.operand.place.local;
      path = [...stepsOf(rvalue.operand.place), ...path];
    } else break;
  }
  return { local, path: path, exact };
}

/** Calls that return the reference that they are given. */
const passesReference =
  /(^|::)(new_unchecked|new|as_mut|get_mut|get_unchecked_mut|into_ref|deref_mut|deref|by_ref|borrow_mut|pin)$/;

function stepsOf(place: Place): string[] {
  return place.projection.flatMap(step => {
    switch (step.kind) {
      case 'deref':
        return ['*'];
      case 'field':
        return [`.${step.index}`];
      case 'downcast':
        return [`as ${step.variant}`];
      case 'index':
      case 'elements':
        return ['[]'];
      default:
        return [];
    }
  });
}

export function drawRoot(root: Root): string {
  return [`_${root.local}`, ...root.path].join(' ');
}
