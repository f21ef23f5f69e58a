/**
 * What a switch says about the places that it tests: on each edge some variants of an enum are left.
 *
 * Recognised are a discriminant that the same block reads, `is_none()` and its kin called by the only predecessor, and
 * the drop flags that rustc adds (a bool without a name whose true edge leads to a drop). The names behind the
 * discriminants of the workspace's enums are learned from the body: behind an edge that is the only way to a block, the
 * first downcast of the tested place names the variant.
 */
import type { BlockIndex, Body, LocalIndex, Place } from '#model/mir.ts';
import type { ControlFlow } from './control-flow.ts';
import { knownCallOf } from './known-calls.ts';
import type { PathIndex } from './move-paths.ts';
import type { BodyFacts, PathTypes, Resolved } from './path-building.ts';
import { drawPlace, operandsOf } from './place.ts';
import { standardVariantOf } from './type-contains.ts';

export type Refinement =
  | {
      readonly kind: 'variants';
      readonly path: PathIndex;
      /** Values that have an edge of their own. */
      readonly listed: readonly string[];
      variantOf(value: string): string | null;
      /** Variants that are known to have another value than this one. */
      notOf(value: string): readonly string[];
    }
  /** A drop flag: on its zero edge the path holds nothing. */
  | { readonly kind: 'flag'; readonly path: PathIndex };

export function refinementsOf(
  body: Body,
  flow: ControlFlow,
  resolve: (place: Place) => Resolved | null,
  types: PathTypes,
  facts: BodyFacts,
): ReadonlyMap<BlockIndex, Refinement> {
  const refinements = new Map<BlockIndex, Refinement>();
  const named = new Set(body.debugInfo.flatMap(info => (info.place === null ? [] : [info.place.local])));
  const learned = variantValuesOf(body, flow, types);
  for (const block of flow.reversePostorder) {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind !== 'switch' || terminator.operand.kind === 'const') continue;
    const { operand } = terminator;
    if (operand.place.projection.length > 0) continue;
    const listed = terminator.targets.map(target => target.value);
    const tested = testedPlace(body, block, operand.place.local);
    if (tested !== null) {
      const resolved = resolve(tested);
      if (resolved?.exact !== true) continue;
      const ty = facts.typeOfPath(resolved.path);
      if (ty?.kind !== 'path') continue;
      const variantOf = (value: string) =>
        standardVariantOf(ty.path, value) ?? learned.get(`${ty.path} ${value}`) ?? null;
      const notOf = (value: string) =>
        [...learned].flatMap(([key, name]) =>
          key.startsWith(`${ty.path} `) && key !== `${ty.path} ${value}` ? [name] : [],
        );
      refinements.set(block, { kind: 'variants', path: resolved.path, listed, variantOf, notOf });
      continue;
    }
    const question = askedBy(block, operand.place.local);
    if (question !== null) {
      const { path, variantOf } = question;
      refinements.set(block, { kind: 'variants', path, listed, variantOf, notOf: () => [] });
      continue;
    }
    if (
      operand.kind === 'copy' &&
      !named.has(operand.place.local) &&
      body.locals[operand.place.local]?.ty === 'bool'
    ) {
      const guarded = terminator.otherwise === null ? undefined : body.blocks[terminator.otherwise];
      if (guarded?.terminator.kind === 'drop' && guarded.statements.length === 0) {
        const resolved = resolve(guarded.terminator.place);
        if (resolved?.exact === true) refinements.set(block, { kind: 'flag', path: resolved.path });
      }
    }
  }
  return refinements;

  /** `_5 = Option::is_none(move _6)` in the only predecessor, and nothing but storage statements since. */
  function askedBy(
    block: BlockIndex,
    answer: LocalIndex,
  ): { path: PathIndex; variantOf: (value: string) => string | null } | null {
    if (body.blocks[block]?.statements.some(statement => statement.kind === 'assign') === true) return null;
    const [predecessor, ...others] = flow.predecessors[block] ?? [];
    if (predecessor === undefined || others.length > 0) return null;
    const call = body.blocks[predecessor]?.terminator;
    if (call?.kind !== 'call' || call.destination.local !== answer || call.destination.projection.length > 0)
      return null;
    const known = typeof call.callee === 'string' ? knownCallOf(call.callee) : null;
    const answers =
      known === 'is-none'
        ? ['Some', 'None']
        : known === 'is-some'
          ? ['None', 'Some']
          : known === 'is-ok'
            ? ['Err', 'Ok']
            : known === 'is-err'
              ? ['Ok', 'Err']
              : null;
    const path = facts.effectOf(predecessor)?.target ?? null;
    if (answers === null || path === null) return null;
    return { path, variantOf: value => answers[Number(value)] ?? null };
  }
}

/** The place whose discriminant the block puts into `local`, when nothing writes to that place in between. */
function testedPlace(body: Body, block: BlockIndex, local: LocalIndex): Place | null {
  const statements = body.blocks[block]?.statements ?? [];
  for (let i = statements.length - 1; i >= 0; i--) {
    const statement = statements[i];
    if (statement?.kind !== 'assign') continue;
    if (statement.place.local === local && statement.place.projection.length === 0) {
      return statement.rvalue.kind === 'discriminant' ? statement.rvalue.place : null;
    }
    // A later write to anything but a plain local may be a write to the tested place.
    if (
      statement.place.projection.length > 0 ||
      operandsOf(statement.rvalue).some(operand => operand.kind === 'move')
    ) {
      return null;
    }
  }
  return null;
}

/** `path value` to variant; a value that two places disagree about is left out. */
function variantValuesOf(body: Body, flow: ControlFlow, types: PathTypes): ReadonlyMap<string, string> {
  const names = new Map<string, string | null>();
  for (const block of flow.reversePostorder) {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind !== 'switch' || terminator.operand.kind === 'const') continue;
    const tested = testedPlace(body, block, terminator.operand.place.local);
    if (tested === null) continue;
    const drawn = drawPlace(tested);
    for (const { value, target } of terminator.targets) {
      const hit = firstDowncast(body, flow, target, drawn);
      if (hit === null) continue;
      const ty = enumTypeOf(body, tested, types);
      if (ty === null) continue;
      const key = `${ty} ${value}`;
      const known = names.get(key);
      names.set(key, known === undefined || known === hit ? hit : null);
    }
  }
  const agreed = new Map<string, string>();
  for (const [key, name] of names) if (name !== null) agreed.set(key, name);
  return agreed;
}

function enumTypeOf(body: Body, place: Place, types: PathTypes): string | null {
  let printed = body.locals[place.local]?.ty ?? null;
  for (const projection of place.projection) {
    if (projection.kind === 'field' || projection.kind === 'cast') printed = projection.ty;
    else if (projection.kind === 'deref') {
      const ty = printed === null ? null : types.qualify(printed);
      if (ty?.kind === 'ref')
        return ty.inner.kind === 'path' && place.projection.at(-1) === projection ? ty.inner.path : null;
      return null;
    } else if (projection.kind !== 'downcast') return null;
  }
  const ty = printed === null ? null : types.qualify(printed);
  return ty?.kind === 'path' ? ty.path : null;
}

function firstDowncast(body: Body, flow: ControlFlow, start: BlockIndex, drawn: string): string | null {
  let block = start;
  // Limit: blocks in a row; arms of a match begin within two.
  for (let i = 0; i < 4; i++) {
    if ((flow.predecessors[block]?.length ?? 0) !== 1) return null;
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) {
      if (statement.kind !== 'assign') continue;
      const { rvalue } = statement;
      const places = operandsOf(rvalue).flatMap(operand => (operand.kind === 'const' ? [] : [operand.place]));
      if (rvalue.kind === 'ref' || rvalue.kind === 'discriminant' || rvalue.kind === 'raw-ref')
        places.push(rvalue.place);
      for (const place of places) {
        const at = place.projection.findIndex(projection => projection.kind === 'downcast');
        const downcast = place.projection[at];
        if (downcast?.kind !== 'downcast') continue;
        if (drawPlace({ local: place.local, projection: place.projection.slice(0, at) }) === drawn)
          return downcast.variant;
      }
      if (drawPlace(statement.place).includes(drawn)) return null;
    }
    if (terminator?.kind !== 'goto' && terminator?.kind !== 'false-edge') return null;
    block = terminator.kind === 'goto' ? terminator.target : terminator.real;
  }
  return null;
}
