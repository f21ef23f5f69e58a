/**
 * Finds the move paths of a body (see move-paths.ts) and, in the same pass, what the analysis must know of its
 * references: which ones stand for a place, and which ones only serve a call that is known.
 */
import type { Aggregate, BlockIndex, Body, LocalIndex, Operand, Place, Projection } from '#model/mir.ts';
import type { ControlFlow } from './control-flow.ts';
import { type KnownCall, knownCallOf } from './known-calls.ts';
import type { MovePaths, PathIndex } from './move-paths.ts';
import { operandsOf, terminatorOperandsOf } from './place.ts';
import { isStandardPath, lastSegment } from './type-contains.ts';
import { parsePath, type Ty } from './type-parser.ts';

/** What the analysis asks about types; all types are qualified. */
export interface PathTypes {
  localType(local: LocalIndex): Ty | null;
  /** A type as the body prints it. */
  qualify(printed: string): Ty;
  /** Names of an enum's variants as far as known; empty for what is no enum. */
  variantNames(ty: Ty): readonly string[];
}

export interface Resolved {
  readonly path: PathIndex;
  /** False when the place lies inside the path's place and has no path of its own. */
  readonly exact: boolean;
}

export interface CallEffect {
  readonly call: KnownCall;
  /** What the call's first argument points to, where that is a tracked place. */
  readonly target: PathIndex | null;
  /** The second argument of `mem::replace`. */
  readonly replacement: Place | null;
}

export interface BodyFacts {
  readonly complete: boolean;
  /** References that are made once: `_5 = &_4` makes `(*_5)` stand for `_4`. */
  readonly aliases: ReadonlyMap<LocalIndex, Place>;
  readonly typeOfPath: (path: PathIndex) => Ty | null;
  isKnownBorrow(local: LocalIndex): boolean;
  effectOf(block: BlockIndex): CallEffect | null;
  variantOfAggregate(aggregate: Aggregate, place: Place): string | null;
}

// Limit: paths per body. The largest real body seen needed a few hundred.
const pathsMax = 20_000;
// Limit: steps of a place that get paths of their own.
const stepsMax = 12;

export function addMovePaths(
  body: Body,
  flow: ControlFlow,
  tracked: readonly LocalIndex[],
  types: PathTypes,
  paths: MovePaths,
): BodyFacts {
  for (const local of tracked) paths.addRoot(local);
  const typeByPath = new Map<PathIndex, Ty>();
  const { aliases, knownBorrows } = referencesOf(body, flow);
  /** Pairs between which a whole value flows: both sides need the same parts. */
  const flows: [PathIndex, PathIndex][] = [];
  let complete = true;

  for (const block of flow.reversePostorder) {
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) {
      if (statement.kind === 'set-discriminant') add(statement.place);
      if (statement.kind !== 'assign') continue;
      const { rvalue } = statement;
      const to = add(statement.place);
      if (rvalue.kind === 'discriminant') {
        const tested = add(rvalue.place);
        if (tested !== null) addVariants(tested);
      } else if (rvalue.kind === 'ref' && rvalue.mutability === 'mut') add(rvalue.place);
      const moved = operandsOf(rvalue).map(operand => (operand.kind === 'const' ? null : add(operand.place)));
      if (to === null) continue;
      if (rvalue.kind === 'use' && moved[0] !== null && moved[0] !== undefined) flows.push([to, moved[0]]);
      if (rvalue.kind === 'aggregate') addAggregate(rvalue, statement.place, to, moved);
    }
    if (terminator === null) continue;
    const args = terminatorOperandsOf(terminator).map(operand =>
      operand.kind === 'move' ? add(operand.place) : null,
    );
    if (terminator.kind === 'drop') add(terminator.place);
    if (terminator.kind === 'yield') add(terminator.destination);
    if (terminator.kind === 'call') {
      const to = add(terminator.destination);
      const effect = effectOf(block);
      if (effect !== null) {
        for (const path of [to, effect.target]) {
          if (path === null) continue;
          addVariants(path);
          addElements(path);
        }
        if (
          effect.call === 'replace' &&
          effect.target !== null &&
          args[1] !== undefined &&
          args[1] !== null
        ) {
          flows.push([effect.target, args[1]]);
        }
        if ((effect.call === 'take' || effect.call === 'replace') && effect.target !== null && to !== null) {
          flows.push([to, effect.target]);
        }
      }
    }
  }
  // Parts of one side of a flow become parts of the other, until nothing is new. Limit: rounds; a chain of n moves needs n.
  let growing = true;
  for (let round = 0; growing && round < 64; round++) {
    growing = false;
    for (const [a, b] of flows) {
      const before = paths.count;
      mirror(a, b);
      mirror(b, a);
      growing ||= paths.count !== before;
      if (paths.count > pathsMax) complete = false;
    }
    if (!complete) break;
  }

  const effects = new Map<BlockIndex, CallEffect | null>();
  return {
    complete: complete && paths.count <= pathsMax,
    aliases,
    typeOfPath,
    isKnownBorrow: local => knownBorrows.has(local),
    effectOf(block) {
      const known = effects.get(block);
      if (known !== undefined) return known;
      const effect = effectOf(block);
      effects.set(block, effect);
      return effect;
    },
    variantOfAggregate,
  };

  function add(place: Place): PathIndex | null {
    const resolved = resolvePlace(place, paths, aliases, (path, step, projection) => {
      if (paths.count > pathsMax) return null;
      const child = paths.addChild(path, step);
      if (projection.kind === 'downcast') addVariants(path);
      if (projection.kind === 'field') typeByPath.set(child, types.qualify(projection.ty));
      return child;
    });
    return resolved?.exact === true ? resolved.path : null;
  }

  function addAggregate(
    aggregate: Aggregate,
    place: Place,
    to: PathIndex,
    moved: readonly (PathIndex | null)[],
  ): void {
    const variant = variantOfAggregate(aggregate, place);
    let owner = to;
    if (variant !== null) {
      addVariants(to);
      owner = paths.addChild(to, `as ${variant}`);
    }
    moved.forEach((source, index) => {
      if (source === null) return;
      const part = paths.addChild(owner, `.${index}`);
      const ty = typeOfPath(source);
      if (ty !== null) typeByPath.set(part, ty);
      flows.push([part, source]);
    });
  }

  function addVariants(path: PathIndex): void {
    const ty = typeOfPath(path);
    if (ty === null) return;
    for (const name of types.variantNames(ty)) paths.addChild(path, `as ${name}`);
  }

  function addElements(path: PathIndex): void {
    const ty = typeOfPath(path);
    if (ty?.kind === 'path' && isStandardPath(ty.path) && types.variantNames(ty).length === 0)
      paths.addChild(path, '[]');
  }

  function mirror(from: PathIndex, to: PathIndex): void {
    if (paths.count > pathsMax) return;
    for (const [step, part] of paths.children(from)) {
      const copy = paths.addChild(to, step);
      const ty = typeOfPath(part);
      if (ty !== null && !typeByPath.has(copy)) typeByPath.set(copy, ty);
      mirror(part, copy);
    }
  }

  function typeOfPath(path: PathIndex): Ty | null {
    const known = typeByPath.get(path);
    if (known !== undefined) return known;
    const parent = paths.parent(path);
    const step = paths.step(path) ?? '';
    let ty: Ty | null = null;
    if (parent === null) ty = types.localType(paths.local(path));
    else {
      const whole = typeOfPath(parent);
      if (step.startsWith('as ')) ty = whole;
      else if (step === '*' || step === '[]') ty = whole?.kind === 'path' ? (whole.args[0] ?? null) : null;
    }
    // A field's type may become known with a later projection.
    if (ty !== null) typeByPath.set(path, ty);
    return ty;
  }

  function variantOfAggregate(aggregate: Aggregate, place: Place): string | null {
    if (aggregate.shape !== 'adt') return null;
    const path = parsePath(aggregate.name)?.path;
    const resolved = resolvePlace(place, paths, aliases);
    const ty = resolved?.exact === true ? typeOfPath(resolved.path) : null;
    if (path === undefined || ty?.kind !== 'path') return null;
    const names = types.variantNames(ty);
    const last = lastSegment(path);
    return names.includes(last) && last !== lastSegment(ty.path) ? last : null;
  }

  function effectOf(block: BlockIndex): CallEffect | null {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind !== 'call' || typeof terminator.callee !== 'string') return null;
    const call = knownCallOf(terminator.callee);
    if (call === null) return null;
    const [first, second] = terminator.args;
    const pointed = pointedPlace(first, aliases);
    const target = pointed === null ? null : resolvePlace(pointed, paths, aliases);
    return {
      call,
      target: target?.exact === true ? target.path : null,
      replacement:
        call === 'replace' && second !== undefined && second.kind !== 'const' ? second.place : null,
    };
  }
}

/**
 * The path of a place. `grow` makes the missing ones. Null when the place is not inside a tracked local: it lies behind
 * a reference that stands for nothing known.
 */
export function resolvePlace(
  place: Place,
  paths: MovePaths,
  aliases: ReadonlyMap<LocalIndex, Place>,
  grow?: (path: PathIndex, step: string, projection: Projection) => PathIndex | null,
): Resolved | null {
  let local = place.local;
  let projection = place.projection;
  // Limit: references to references; a chain is as long as the source makes it.
  for (let i = 0; i < 8 && projection[0]?.kind === 'deref'; i++) {
    const pointed = aliases.get(local);
    if (pointed === undefined) break;
    projection = [...pointed.projection, ...projection.slice(1)];
    local = pointed.local;
  }
  const root = paths.root(local);
  if (root === null) return null;
  let path = root;
  for (const [index, step] of projection.entries()) {
    let name: string;
    if (step.kind === 'field') name = `.${step.index}`;
    else if (step.kind === 'downcast') name = `as ${step.variant}`;
    else if (step.kind === 'deref') name = '*';
    else if (step.kind === 'cast') continue;
    else return { path, exact: false };
    const child = paths.child(path, name) ?? (index < stepsMax ? (grow?.(path, name, step) ?? null) : null);
    if (child === null) return { path, exact: false };
    path = child;
  }
  return { path, exact: true };
}

/** What `move _9` points to, where `_9 = &mut _4` is its only definition. */
function pointedPlace(operand: Operand | undefined, aliases: ReadonlyMap<LocalIndex, Place>): Place | null {
  if (operand === undefined || operand.kind === 'const' || operand.place.projection.length > 0) return null;
  return aliases.get(operand.place.local) ?? null;
}

/**
 * rustc rewrites `(*_4)` on a box to `_9 = copy ((_4.0: Unique).0: NonNull) as *const T (Transmute)` and `(*_9)`: the
 * box, or null when it is no such cast.
 */
function boxBehind(operand: Operand): Place | null {
  if (operand.kind === 'const') return null;
  const { local, projection } = operand.place;
  const [unique, pointer] = projection.slice(-2);
  const isUnique = unique?.kind === 'field' && unique.index === 0 && /^\w+::ptr::Unique</.test(unique.ty);
  const isPointer =
    pointer?.kind === 'field' && pointer.index === 0 && /^\w+::ptr::NonNull</.test(pointer.ty);
  return isUnique && isPointer ? { local, projection: projection.slice(0, -2) } : null;
}

/** References that are made once and what they stand for, and those whose only use is a call that is known. */
export function referencesOf(
  body: Body,
  flow: ControlFlow,
): { aliases: Map<LocalIndex, Place>; knownBorrows: Set<LocalIndex> } {
  const definitions = new Map<LocalIndex, number>();
  const uses = new Map<LocalIndex, number>();
  const borrowed = new Map<LocalIndex, Place>();
  const usedByKnownCall = new Set<LocalIndex>();
  const count = (counts: Map<LocalIndex, number>, local: LocalIndex) =>
    counts.set(local, (counts.get(local) ?? 0) + 1);
  const use = (place: Place) => count(uses, place.local);
  for (const block of flow.reversePostorder) {
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) {
      if (statement.kind !== 'assign') continue;
      const { place, rvalue } = statement;
      if (place.projection.length === 0) count(definitions, place.local);
      else use(place);
      if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref' || rvalue.kind === 'discriminant')
        use(rvalue.place);
      if (rvalue.kind === 'ref' && rvalue.mutability !== 'fake' && place.projection.length === 0) {
        borrowed.set(place.local, rvalue.place);
      }
      const box = rvalue.kind === 'cast' ? boxBehind(rvalue.operand) : null;
      if (box !== null && place.projection.length === 0) {
        borrowed.set(place.local, { local: box.local, projection: [...box.projection, { kind: 'deref' }] });
      }
      for (const operand of operandsOf(rvalue)) if (operand.kind !== 'const') use(operand.place);
    }
    if (terminator === null) continue;
    for (const operand of terminatorOperandsOf(terminator)) if (operand.kind !== 'const') use(operand.place);
    if (terminator.kind === 'call' || terminator.kind === 'yield') {
      if (terminator.destination.projection.length === 0) count(definitions, terminator.destination.local);
    }
    if (
      terminator.kind === 'call' &&
      typeof terminator.callee === 'string' &&
      knownCallOf(terminator.callee) !== null
    ) {
      const [first] = terminator.args;
      if (first !== undefined && first.kind !== 'const' && first.place.projection.length === 0) {
        usedByKnownCall.add(first.place.local);
      }
    }
  }
  const aliases = new Map<LocalIndex, Place>();
  const knownBorrows = new Set<LocalIndex>();
  for (const [local, place] of borrowed) {
    if (definitions.get(local) !== 1 || local <= body.argCount) continue;
    aliases.set(local, place);
    if (usedByKnownCall.has(local) && uses.get(local) === 1) knownBorrows.add(local);
  }
  return { aliases, knownBorrows };
}
