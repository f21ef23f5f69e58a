/**
 * Which places may hold a value, and which surely do: the forward analysis behind rustc's borrow checker and drop
 * elaboration (rustc_mir_dataflow `MaybeInitializedPlaces`, `MaybeUninitializedPlaces`), over the move paths of chosen
 * locals, and finer in what an enum or a container holds:
 *
 * - each variant of an enum has a path; an aggregate, a switch on the discriminant, `is_none()`, `Option::take` and
 *   `mem::replace` say which ones are left;
 * - the elements of a container have a path; `Vec::new()` makes none, `clear()` removes them;
 * - a `&mut` borrow that goes anywhere else resets both to "unknown";
 * - a drop flag of the compiler that is false says that its place holds nothing.
 *
 * The state is a bit set: "may be initialised" for each path, then "may be uninitialised" for each path. Every transfer
 * copies, sets or clears bits, so it is monotone. Values of flags that the user wrote are not followed.
 */
import { Bitset } from '#base/bitset.ts';
import type { BlockIndex, Body, LocalIndex, Place, Statement } from '#model/mir.ts';
import type { ControlFlow, Edge } from './control-flow.ts';
import { solveDataflow } from './dataflow.ts';
import { MovePaths, type PathIndex } from './move-paths.ts';
import { addMovePaths, type PathTypes, type Resolved, resolvePlace } from './path-building.ts';
import { operandsOf, terminatorOperandsOf } from './place.ts';
import { type Refinement, refinementsOf } from './refinement.ts';
import type { InitTree } from './type-contains.ts';

export interface Initialization {
  readonly paths: MovePaths;
  /** False when a bound was reached; the answers may then be wrong and are not to be used. */
  readonly complete: boolean;
  /** The state of a tracked local just before a block's terminator; null when the block is not reached. */
  treeBeforeTerminator(block: BlockIndex, local: LocalIndex): InitTree | null;
}

export function analyzeInitialization(
  body: Body,
  flow: ControlFlow,
  tracked: readonly LocalIndex[],
  types: PathTypes,
): Initialization {
  const paths = new MovePaths();
  const facts = addMovePaths(body, flow, tracked, types, paths);
  const refinements = refinementsOf(body, flow, place => resolve(place), types, facts);
  const boundary = new Bitset(paths.count * 2);
  for (const [local, root] of paths.roots()) {
    if (local >= 1 && local <= body.argCount) fill(boundary, root);
    else clear(boundary, root);
  }
  const result = solveDataflow(flow, {
    direction: 'forward',
    join: 'union',
    width: paths.count * 2,
    boundary,
    transfer: (block, state) => {
      statementsOf(block, state);
      terminatorOf(block, state);
    },
    edge: (from, edge, state) => onEdge(from, edge, state),
  });

  return {
    paths,
    complete: result.converged && facts.complete,
    treeBeforeTerminator(block, local) {
      const entry = result.entry[block];
      const root = paths.root(local);
      if (entry === null || entry === undefined || root === null) return null;
      const state = entry.copy();
      statementsOf(block, state);
      return treeOf(state, root);
    },
  };

  function statementsOf(block: BlockIndex, state: Bitset): void {
    for (const statement of body.blocks[block]?.statements ?? []) apply(statement, state);
  }

  function apply(statement: Statement, state: Bitset): void {
    switch (statement.kind) {
      case 'storage-live':
      case 'storage-dead': {
        const root = paths.root(statement.local);
        if (root !== null) clear(state, root);
        return;
      }
      case 'set-discriminant': {
        const place = resolve(statement.place);
        if (place?.exact === true) reset(state, place.path);
        return;
      }
      case 'assign':
        break;
      default:
        return;
    }
    const { rvalue } = statement;
    const to = resolve(statement.place);
    if (rvalue.kind === 'ref' && rvalue.mutability === 'mut')
      borrowMutably(rvalue.place, statement.place, state);
    if (rvalue.kind === 'raw-ref') borrowMutably(rvalue.place, null, state);
    // What flows into a part is read before the operands are moved away.
    const flows: (() => void)[] = [];
    if (to?.exact === true) {
      if (rvalue.kind === 'use' && rvalue.operand.kind !== 'const') {
        flows.push(transferLater(state, to.path, rvalue.operand.place));
      } else if (rvalue.kind === 'aggregate') {
        const variant = facts.variantOfAggregate(rvalue, statement.place);
        const owner = variant === null ? to.path : paths.child(to.path, `as ${variant}`);
        rvalue.fields.forEach((field, index) => {
          const part = owner === null ? null : paths.child(owner, `.${index}`);
          if (part !== null && field.operand.kind !== 'const') {
            flows.push(transferLater(state, part, field.operand.place));
          }
        });
        flows.unshift(() => {
          fill(state, to.path);
          if (variant !== null) keepVariant(state, to.path, variant);
        });
      }
    }
    for (const operand of operandsOf(rvalue)) if (operand.kind === 'move') moveOut(operand.place, state);
    if (to?.exact === true) {
      if (flows.length === 0) fill(state, to.path);
      else for (const run of flows) run();
    }
  }

  function terminatorOf(block: BlockIndex, state: Bitset): void {
    const terminator = body.blocks[block]?.terminator;
    if (terminator === undefined) return;
    if (terminator.kind === 'drop') {
      const place = resolve(terminator.place);
      if (place?.exact === true) clear(state, place.path);
      return;
    }
    const replaces = terminator.kind === 'call' && facts.effectOf(block)?.call === 'replace';
    terminatorOperandsOf(terminator).forEach((operand, index) => {
      if (operand.kind === 'move' && !(replaces && index === 1)) moveOut(operand.place, state);
    });
    // A call that does not come back by its return edge leaves no result.
    if (terminator.kind === 'call' || terminator.kind === 'yield') {
      const place = resolve(terminator.destination);
      if (place?.exact === true) clear(state, place.path);
    }
  }

  function onEdge(from: BlockIndex, edge: Edge, state: Bitset): void {
    const terminator = body.blocks[from]?.terminator;
    if (terminator === undefined) return;
    if (terminator.kind === 'yield' && edge.kind === 'resume') {
      const place = resolve(terminator.destination);
      if (place?.exact === true) fill(state, place.path);
    } else if (terminator.kind === 'call' && edge.kind === 'return') {
      afterCall(from, terminator, state);
    } else if (terminator.kind === 'switch') {
      const refinement = refinements.get(from);
      if (refinement !== undefined) refine(refinement, edge, state);
    }
  }

  function afterCall(
    from: BlockIndex,
    call: { destination: Place; callee: unknown; args: readonly { kind: string }[] },
    state: Bitset,
  ): void {
    const destination = resolve(call.destination);
    const to = destination?.exact === true ? destination.path : null;
    const effect = facts.effectOf(from);
    if (to !== null) fill(state, to);
    switch (effect?.call) {
      case 'make-empty':
        if (to !== null) empty(state, to);
        return;
      case 'take':
        if (effect.target === null) return;
        if (to !== null) transfer(state, to, effect.target)();
        fill(state, effect.target);
        empty(state, effect.target);
        return;
      case 'replace': {
        if (effect.target === null) return;
        if (to !== null) transfer(state, to, effect.target)();
        const { replacement } = effect;
        if (replacement === null) fill(state, effect.target);
        else {
          transferLater(state, effect.target, replacement)();
          moveOut(replacement, state);
        }
        return;
      }
      case 'clear':
        if (effect.target !== null) empty(state, effect.target);
        return;
      default:
        return;
    }
  }

  function refine(refinement: Refinement, edge: Edge, state: Bitset): void {
    if (refinement.kind === 'flag') {
      if (edge.kind === 'value' && edge.value === '0') clear(state, refinement.path);
      return;
    }
    if (edge.kind === 'value') {
      const variant = refinement.variantOf(edge.value ?? '');
      if (variant !== null) keepVariant(state, refinement.path, variant);
      else for (const other of refinement.notOf(edge.value ?? '')) dropVariant(other);
      return;
    }
    for (const listed of refinement.listed) {
      const variant = refinement.variantOf(listed);
      if (variant !== null) dropVariant(variant);
    }

    function dropVariant(variant: string): void {
      const path = paths.child(refinement.path, `as ${variant}`);
      if (path !== null) clear(state, path);
    }
  }

  function resolve(place: Place): Resolved | null {
    return resolvePlace(place, paths, facts.aliases);
  }

  function moveOut(place: Place, state: Bitset): void {
    const resolved = resolve(place);
    if (resolved?.exact === true) clear(state, resolved.path);
  }

  /** A mutable borrow may change what the place holds, unless its only use is a call that is known. */
  function borrowMutably(place: Place, into: Place | null, state: Bitset): void {
    if (into !== null && into.projection.length === 0 && facts.isKnownBorrow(into.local)) return;
    const resolved = resolve(place);
    if (resolved?.exact === true) reset(state, resolved.path);
  }

  function transferLater(state: Bitset, to: PathIndex, fromPlace: Place): () => void {
    const from = resolve(fromPlace);
    if (from?.exact !== true) return () => fill(state, to);
    return transfer(state, to, from.path);
  }

  /** Reads the state of `from` now; writes it to `to` when called. */
  function transfer(state: Bitset, to: PathIndex, from: PathIndex): () => void {
    const writes: { path: PathIndex; init: boolean; uninit: boolean }[] = [];
    const read = (target: PathIndex, source: PathIndex, known: boolean) => {
      const init = state.has(source);
      const uninit = !known || state.has(paths.count + source);
      writes.push({ path: target, init, uninit });
      for (const [step, part] of paths.children(target)) {
        const partSource = known ? paths.child(source, step) : null;
        const isChoice = step.startsWith('as ') || step === '[]';
        read(part, partSource ?? source, partSource !== null || !isChoice);
      }
    };
    read(to, from, true);
    return () => {
      for (const { path, init, uninit } of writes) {
        state.set(path, init);
        state.set(paths.count + path, uninit);
      }
    };
  }

  /** Initialised, with unknown variants and elements. */
  function fill(state: Bitset, path: PathIndex, choice = false): void {
    state.add(path);
    state.set(paths.count + path, choice);
    for (const [step, part] of paths.children(path)) {
      fill(state, part, choice || step.startsWith('as ') || step === '[]');
    }
  }

  function clear(state: Bitset, path: PathIndex): void {
    for (const part of paths.subtree(path)) {
      state.delete(part);
      state.add(paths.count + part);
    }
  }

  function reset(state: Bitset, path: PathIndex): void {
    for (const [step, part] of paths.children(path)) {
      if (step.startsWith('as ') || step === '[]') {
        if (state.has(path)) fill(state, part, true);
      } else reset(state, part);
    }
  }

  function keepVariant(state: Bitset, path: PathIndex, variant: string): void {
    for (const [step, part] of paths.children(path)) {
      if (!step.startsWith('as ')) continue;
      if (step !== `as ${variant}`) clear(state, part);
      else
        for (const inner of paths.subtree(part))
          state.set(paths.count + inner, state.has(paths.count + path));
    }
  }

  function empty(state: Bitset, path: PathIndex): void {
    keepVariant(state, path, 'None');
    const elements = paths.child(path, '[]');
    if (elements !== null) clear(state, elements);
  }

  function treeOf(state: Bitset, path: PathIndex): InitTree {
    return {
      live: state.has(path),
      definite: !state.has(paths.count + path),
      leaf: paths.children(path).size === 0,
      child: step => {
        const part = paths.child(path, step);
        return part === null ? null : treeOf(state, part);
      },
    };
  }
}
