/**
 * State that outlives a future: what a place in its body stands for when it lies behind a captured reference, behind an
 * `Arc`, or behind a guard. What such state held and the future has taken is gone for everybody when the future is
 * dropped; a local of the future would be gone anyway.
 */

import { isPollCallee } from '#mir/awaits.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf, printedTypeOf, terminatorOperandsOf } from '#mir/place.ts';
import { behindPointers } from '#mir/pointers.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import { originOf } from '#mir/value-origin.ts';
import type { Body, LocalIndex, Operand, Place, Projection, SpanRef, Terminator } from '#model/mir.ts';
import type { Subject } from './subject.ts';

export interface OutsideState {
  /** For people: `self.queue`, `state.jobs`. */
  readonly name: string;
  /** Equal for two places of one body that surely are the same state. */
  readonly key: string;
  /** The field of a struct that it is, by the struct's path: equal in all bodies; null where it is none. */
  readonly field: string | null;
  /** Printed type of what lies there; null where the dump does not say. */
  readonly ty: string | null;
  /** Others can reach it while the future is alive: it lies behind a lock, an `Arc`, a `&` or in a static. */
  readonly shared: boolean;
}

type Call = Terminator & { kind: 'call' };

// Limit: definitions followed back from a place.
const stepsMax = 24;

/** Calls that turn a pointer to a thing into a pointer to what is in it. */
const looksInto =
  /(^|::)(deref|deref_mut|as_mut|as_ref|get_mut|borrow|borrow_mut|lock|write|read|unwrap|expect|unwrap_or_else|into_inner|as_deref_mut|get_unchecked_mut|project|get_mut_unchecked|iter_mut|index_mut|branch)$/;

/** Of these, the ones behind which others wait for the same content. */
const locks = /^(lock|write|read|borrow_mut|lock_owned|write_owned)$/;

/** What an operand that points somewhere points to; null for what dies with the future and for what cannot be traced. */
export function outsideStateOf(subject: Subject, operand: Operand): OutsideState | null {
  if (operand.kind === 'const') return null;
  return outsidePlace(subject, {
    local: operand.place.local,
    projection: [...operand.place.projection, { kind: 'deref' }],
  });
}

/** The same of a place that is written or read. */
export function outsidePlace(subject: Subject, place: Place): OutsideState | null {
  const { body } = subject;
  const definitions = definitionsOf(body);
  let base = place.local;
  let projection: readonly Projection[] = place.projection;
  let crossed = false;
  const through: string[] = [];
  const spans: SpanRef[] = [];
  for (let step = 0; step < stepsMax; step++) {
    if (base === 1) return captured(subject, projection, { crossed, through, spans });
    const [definition, ...others] = definitions.get(base) ?? [];
    if (definition === undefined || others.length > 0) return null;
    if (definition.kind === 'place') {
      spans.push(definition.span);
      // `_5 = &mut P`, then `(*_5).f`: P's own projections, then `.f`.
      const rest = definition.reference
        ? projection.slice(projection[0]?.kind === 'deref' ? 1 : 0)
        : projection;
      base = definition.place.local;
      projection = [...definition.place.projection, ...rest];
      continue;
    }
    if (definition.kind === 'static') {
      const ty = printedTypeOf(body, { local: base, projection });
      const key = `${definition.allocation}${projection.map(stepKey).join('')}`;
      return { name: staticName(subject, definition.span), key, field: null, ty, shared: true };
    }
    const call = madeBy(body, definition.call);
    const callee = typeof call?.callee === 'string' ? calleePath(call.callee) : '';
    const [first] = call?.args ?? [];
    const name = lastSegment(callee);
    if (first === undefined || first.kind === 'const' || !looksInto.test(callee)) return null;
    // The lock's content outlives the future that holds the guard.
    if (locks.test(name)) crossed = true;
    through.push(name);
    base = first.place.local;
    projection = [...first.place.projection, { kind: 'deref' }, ...withoutWrappers(projection)];
  }
  return null;
}

/** A whole local of the body, or a part of one, lies in the future itself. */
export function isBehindSomething({ local, projection }: Place): boolean {
  return local === 1 || projection.some(step => step.kind === 'deref');
}

/** Of an await, the call that made the future: `self.queue.lock().await` looks into what `lock` was called on. */
function madeBy(body: Body, call: Call): Call | null {
  const [future] = call.args;
  const isPoll = typeof call.callee === 'string' && isPollCallee(call.callee);
  return isPoll && future !== undefined ? originOf(body, future) : call;
}

/** What a call returns wraps the pointer: `(_4 as Ready).0`, `(_7 as Continue).0`. */
export function withoutWrappers(projection: readonly Projection[]): readonly Projection[] {
  let rest = projection;
  for (;;) {
    const [first, second] = rest;
    const isWrapper =
      first?.kind === 'downcast' &&
      /^(Ready|Ok|Some|Continue)$/.test(first.variant) &&
      second?.kind === 'field' &&
      second.index === 0;
    if (isWrapper) rest = rest.slice(2);
    else if (first?.kind === 'deref') rest = rest.slice(1);
    else return rest;
  }
}

/** How a place was reached. */
interface Way {
  /** Through a lock. */
  readonly crossed: boolean;
  /** Methods that were called on the way. */
  readonly through: readonly string[];
  /** Expressions on the way that stand for a place. */
  readonly spans: readonly SpanRef[];
}

/** A place of the coroutine itself: its first field is the capture. */
function captured(
  subject: Subject,
  projection: readonly Projection[],
  { crossed, through, spans }: Way,
): OutsideState | null {
  const [capture, ...rest] = projection;
  if (capture?.kind !== 'field') return null;
  const ty = subject.shapes.qualify(capture.ty, subject.scope);
  const isPointer = ty.kind === 'ref' || ty.kind === 'raw' || isShared(ty);
  if (!isPointer && !crossed) return null;
  const captureName =
    subject.body.debugInfo.find(({ place }) => {
      const [first, ...more] = place?.projection ?? [];
      return (
        place?.local === 1 && first?.kind === 'field' && first.index === capture.index && more.length <= 1
      );
    })?.name ?? null;
  if (captureName === null) return null;
  const variable = forPeople(captureName);
  const names = namedInSource(subject, spans, [variable, ...fieldNames(subject, contentOf(ty), rest)]);
  const last = projection.at(-1);
  return {
    name: names.join('.'),
    key: `${capture.index}${rest.map(stepKey).join('')} ${through.filter(name => !/deref|unwrap|expect|branch/.test(name)).join(' ')}`,
    field: fieldsAlong(subject, contentOf(ty), rest).at(-1) ?? null,
    ty: last?.kind === 'field' ? last.ty : printedTypeOf(subject.body, { local: 1, projection }),
    shared: crossed || isShared(ty) || (ty.kind === 'ref' && !ty.mutable) || rest.some(isInShared),
  };

  function isInShared(step: Projection): boolean {
    return step.kind === 'field' && isShared(subject.shapes.qualify(step.ty, subject.scope));
  }
}

/** async-trait calls `self` `__self`; a closure that captures a field of it alone calls that `self__field`. */
function forPeople(capture: string): string {
  return capture.replace(/^__self/, 'self').replaceAll('__', '.');
}

function isShared(ty: Ty): boolean {
  return ty.kind === 'path' && /^(std|core|alloc)::(sync::Arc|rc::Rc|pin::Pin)$/.test(ty.path);
}

function stepKey(projection: Projection): string {
  switch (projection.kind) {
    case 'field':
      return `.${projection.index}`;
    case 'downcast':
      return ` as ${projection.variant}`;
    case 'index':
    case 'elements':
      return '[]';
    default:
      return '';
  }
}

/** `shop::Cart.2`: the fields of structs along a projection. */
function fieldsAlong(subject: Subject, start: Ty, projection: readonly Projection[]): string[] {
  const fields: string[] = [];
  let owner: Ty = start;
  for (const step of projection) {
    if (step.kind !== 'field') continue;
    // `Option`, `Result`, a `Box`: their fields say nothing.
    if (owner.kind === 'path' && !/^(std|core|alloc)::/.test(owner.path))
      fields.push(`${owner.path}.${step.index}`);
    owner = contentOf(subject.shapes.qualify(step.ty, subject.scope));
  }
  return fields;
}

/** The innermost field of a struct that a place goes through; null for a variable. */
export function fieldOf(subject: Subject, { local, projection }: Place): string | null {
  const { body, shapes, scope } = subject;
  const start = contentOf(shapes.qualify(body.locals[local]?.ty ?? '', scope));
  return fieldsAlong(subject, start, projection).at(-1) ?? null;
}

/** The fields that a body reads, writes or borrows, as `OutsideState.field` has them. */
export function fieldsIn(subject: Subject): ReadonlySet<string> {
  const { body, shapes, scope } = subject;
  const fields = new Set<string>();
  const add = ({ local, projection }: Place) => {
    if (!projection.some(step => step.kind === 'field')) return;
    const start = contentOf(shapes.qualify(body.locals[local]?.ty ?? '', scope));
    for (const field of fieldsAlong(subject, start, projection)) fields.add(field);
  };
  for (const { statements, terminator } of body.blocks) {
    for (const statement of statements) {
      if (statement.kind !== 'assign') continue;
      const { rvalue } = statement;
      add(statement.place);
      if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') add(rvalue.place);
      for (const operand of operandsOf(rvalue)) if (operand.kind !== 'const') add(operand.place);
    }
    for (const operand of terminatorOperandsOf(terminator)) if (operand.kind !== 'const') add(operand.place);
  }
  return fields;
}

/** Names of the fields along a projection, numbers where no body names them. */
function fieldNames(subject: Subject, start: Ty, projection: readonly Projection[]): string[] {
  const names: string[] = [];
  let owner: Ty = start;
  for (const step of projection) {
    // The pointer that rustc makes of a box goes through its private fields.
    if (step.kind !== 'field' || /^(std|core)::ptr::(Unique|NonNull)</.test(step.ty)) continue;
    const variants = subject.shapes.shapeOf(owner)?.variants ?? [];
    const named =
      variants.length === 1 ? variants[0]?.fields.find(({ index }) => index === step.index)?.name : null;
    names.push(named ?? String(step.index));
    owner = contentOf(subject.shapes.qualify(step.ty, subject.scope));
  }
  return names;
}

/**
 * Names for the numbers of a path, where the source writes the whole path down (`self.source`): a struct that nothing in
 * the workspace makes has no names in the dumps.
 */
function namedInSource(
  subject: Subject,
  spans: readonly SpanRef[],
  path: readonly string[],
): readonly string[] {
  if (!path.some(isNumber)) return path;
  for (const span of spans) {
    const written = textAt(subject, span)?.split('.') ?? [];
    const isSame =
      written.length === path.length &&
      path.every((name, index) => name === written[index] || (isNumber(name) && isName(written[index])));
    if (isSame) return written;
  }
  return path;
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

function isName(text: string | undefined): boolean {
  return text !== undefined && /^[a-z_]\w*$/i.test(text);
}

/** What lies behind pointers and in locks: the type whose fields a projection names after them. */
function contentOf(ty: Ty): Ty {
  let at = behindPointers(ty);
  while (at.kind === 'path' && /::(Mutex|RwLock|RefCell|ReentrantMutex|FairMutex)$/.test(at.path)) {
    const content = at.args.at(-1);
    if (content === undefined) return at;
    at = behindPointers(content);
  }
  return at;
}

type Definition =
  | { readonly kind: 'static'; readonly allocation: string; readonly span: SpanRef }
  | { readonly kind: 'place'; readonly place: Place; readonly reference: boolean; readonly span: SpanRef }
  | { readonly kind: 'call'; readonly call: Call };

const memo = new WeakMap<Body, ReadonlyMap<LocalIndex, readonly Definition[]>>();

/** Assignments to whole locals outside of cleanup. */
function definitionsOf(body: Body): ReadonlyMap<LocalIndex, readonly Definition[]> {
  const known = memo.get(body);
  if (known !== undefined) return known;
  const definitions = new Map<LocalIndex, Definition[]>();
  const add = (local: LocalIndex, definition: Definition) => {
    const list = definitions.get(local);
    if (list === undefined) definitions.set(local, [definition]);
    else list.push(definition);
  };
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign' || statement.place.projection.length > 0) continue;
      const { rvalue } = statement;
      if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref')
        add(statement.place.local, {
          kind: 'place',
          place: rvalue.place,
          reference: true,
          span: statement.span,
        });
      else if (rvalue.kind === 'use' || rvalue.kind === 'cast') {
        const { operand } = rvalue;
        if (operand.kind !== 'const')
          add(statement.place.local, {
            kind: 'place',
            place: operand.place,
            reference: false,
            span: statement.span,
          });
        else {
          const allocation = allocationIn(operand.text);
          if (allocation !== null)
            add(statement.place.local, { kind: 'static', allocation, span: statement.span });
        }
      }
    }
    const { terminator } = block;
    if (terminator.kind === 'call' && terminator.destination.projection.length === 0)
      add(terminator.destination.local, { kind: 'call', call: terminator });
  }
  memo.set(body, definitions);
  return definitions;
}

/** `alloc1` of `const {alloc1: &AtomicUsize}`: one number per static in a body. Other constants nobody writes to. */
function allocationIn(constant: string): string | null {
  return /^\{(alloc\d+): &/.exec(constant)?.[1] ?? null;
}

/** What the source calls a static where it is used; the dump has numbers. */
function staticName(subject: Subject, span: SpanRef): string {
  const name = textAt(subject, span);
  return name !== null && /^[\w:]+$/.test(name) ? name : 'a static';
}

/** The source's text at a span of one line; null where it is not known. */
function textAt(subject: Subject, span: SpanRef): string | null {
  const at = subject.span(span);
  const line = at === null ? undefined : subject.readSource(at.file)?.split('\n')[at.startLine - 1];
  if (at === null || line === undefined || at.endLine !== at.startLine) return null;
  return [...line].slice(at.startColumn - 1, at.endColumn - 1).join('');
}
