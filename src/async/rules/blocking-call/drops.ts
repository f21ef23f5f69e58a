/**
 * Values that an async body drops and whose `Drop` blocks. The drops of a future's body are elaborated: one that is
 * printed can happen. What is dropped with a future that is not finished is left out: who drops it is not known.
 */
import { type ControlFlow, controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionNode } from '#mir/function-node.ts';
import { printedTypeOf } from '#mir/place.ts';
import { TypeContains } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { TypeShapes } from '#mir/type-shapes.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import { type Blocking, blockingDropOf } from '../../knowledge/blocking.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace, type Subject } from '../../subject.ts';

export interface BlockingDrop {
  readonly block: BlockIndex;
  /** Where it is dropped; null outside of the workspace. */
  readonly at: Location | null;
  /** Where the variable is declared. */
  readonly declared: Location | null;
  /** `worker` in backticks, or what a temporary is. */
  readonly name: string;
  /** False where the value is inside of another one that may be without it. */
  readonly certain: boolean;
  /** A `Drop` of the workspace, or a type of the table. */
  readonly what: FunctionNode | Blocking;
}

export interface BlockingDrops {
  in(subject: Subject): BlockingDrop[];
}

/**
 * Whether a type names one of the paths anywhere in it. The walk that says where it is takes each way to it for itself;
 * most types have none.
 */
function mentions(shapes: TypeShapes, isPath: (path: string) => boolean): (ty: Ty) => boolean {
  const without = new Set<string>();
  const within = new Set<string>();
  return ty => {
    if (within.has(ty.text)) return true;
    const seen = new Set<string>();
    const stack = [ty];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at.text) || without.has(at.text)) continue;
      if (within.has(at.text) || (at.kind === 'path' && isPath(at.path))) {
        within.add(ty.text);
        return true;
      }
      seen.add(at.text);
      stack.push(...partsOf(at, shapes));
    }
    for (const text of seen) without.add(text);
    return false;
  };
}

function partsOf(ty: Ty, shapes: TypeShapes): Ty[] {
  switch (ty.kind) {
    case 'path':
    case 'closure': {
      const fields = shapes.shapeOf(ty)?.variants.flatMap(variant => variant.fields) ?? [];
      return [...ty.args, ...fields.flatMap(field => field.ty ?? [])];
    }
    case 'tuple':
      return [...ty.items];
    case 'array':
    case 'slice':
      return [ty.element];
    default:
      return [];
  }
}

/** Blocks that are reached while nobody drops the future itself. */
function withoutCancel({ successors, reversePostorder }: ControlFlow): BlockIndex[] {
  const reached = new Set(reversePostorder.slice(0, 1));
  for (const block of reached) {
    for (const { target, kind } of successors[block] ?? []) if (kind !== 'cancel') reached.add(target);
  }
  return reversePostorder.filter(block => reached.has(block));
}

/** `blocks`: whether a function of the workspace reaches a blocking call. */
export function blockingDropsOf(program: Program, blocks: (node: FunctionNode) => boolean): BlockingDrops {
  const impls = new Map<string, FunctionNode>();
  for (const node of program.graph.nodes) {
    const { impl, name } = node;
    if (impl?.trait !== 'Drop' || impl.selfPath === null || !name.endsWith('::drop') || !blocks(node))
      continue;
    const known = impls.get(impl.selfPath);
    // A library and a program can have the same source; which of them is taken must not depend on their order.
    if (known === undefined || node.unit < known.unit) impls.set(impl.selfPath, node);
  }
  const find = (path: string) => impls.get(path) ?? blockingDropOf(path);
  const contents = new TypeContains<FunctionNode | Blocking>(program.shapes, find);
  const isNamedIn = mentions(program.shapes, path => find(path) !== null);

  return {
    in(subject) {
      const { body, scope, shapes } = subject;
      const drops = new Map<string, BlockingDrop>();
      for (const block of withoutCancel(controlFlowOf(body))) {
        const terminator = body.blocks[block]?.terminator;
        if (terminator?.kind !== 'drop') continue;
        const { place } = terminator;
        const printed = printedTypeOf(body, place);
        if (printed === null) continue;
        const ty = shapes.qualify(printed, scope);
        if (!isNamedIn(ty)) continue;
        const { found } = contents.contentsOf(ty);
        for (const { entry, route, shared, inFuture, certainty } of found) {
          if (shared || inFuture || certainty === 'guessed') continue;
          const info = body.debugInfo.find(debug => debug.place?.local === place.local);
          const declared = info === undefined ? null : subject.span(info.span);
          const at = subject.span(terminator.span);
          const key = `${place.local} ${'id' in entry ? entry.id : entry.what}`;
          if (drops.has(key) && (at === null || drops.get(key)?.at !== null)) continue;
          drops.set(key, {
            block,
            at: at !== null && isInWorkspace(at) ? at : null,
            declared: declared !== null && isInWorkspace(declared) ? declared : null,
            name: info === undefined ? 'a temporary' : `\`${info.name}\``,
            certain: route.length === 0 && place.projection.length === 0,
            what: entry,
          });
        }
      }
      return [...drops.values()];
    },
  };
}
