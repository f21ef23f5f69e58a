/**
 * Which function calls which, over all bodies of a workspace. Nodes are bodies; edges are resolved from the callee's
 * printed path, which carries the whole path and the concrete self type wherever the compiler knew them.
 *
 * - A path names a function, or an inherent method by the type's path and the method's name.
 * - `<S as Trait>::m` names the impls of `Trait` for `S` that were seen, then the trait's default.
 * - A call through a type parameter, `dyn` or a function pointer stays open and says so. Nothing is guessed.
 * - `<{async fn body of f()} as Future>::poll` names the body of `f`'s future; a wrapper that is polled
 *   (`Timeout<{async …}>`) polls what it owns. A `Pin<Box<dyn Future>>` that a workspace function returned, as those of
 *   the async-trait macro do, is the future that this function makes.
 * - A closure or future that is passed to a call is listed with the call: whether it runs there is the rule's knowledge.
 *
 * Not followed: methods of two impls that one macro call wrote (they have one name), drop glue, function items that are
 * passed as values, statics' initialisers.
 */
import type { Location } from '#model/location.ts';
import type { Body, Operand, SpanRef } from '#model/mir.ts';
import { isPollCallee } from './awaits.ts';
import { type Callee, methodOf, parseCallee } from './callee.ts';
import { closureKeysIn } from './closure-keys.ts';
import { FunctionIndex } from './function-index.ts';
import type { CallSite, FunctionNode, Resolution } from './function-node.ts';
import { inputFlowOf } from './input-flow.ts';
import { printedTypeOf } from './place.ts';
import { behindPointers } from './pointers.ts';
import type { Ty } from './type-parser.ts';
import { qualifyPath, type TypeScope, type TypeShapes } from './type-shapes.ts';
import { originOf } from './value-origin.ts';

export interface CallGraph {
  readonly nodes: readonly FunctionNode[];
  node(unit: number, name: string): FunctionNode | null;
  resolve(from: FunctionNode, call: CallSite): Resolution;
  /** The body of a closure or future by the key of its type, as the crate of `from` prints it. */
  closure(from: FunctionNode, key: string): FunctionNode | null;
  /** The futures whose bodies stand in a function: what an `async fn` returns, and its async blocks. */
  futuresIn(node: FunctionNode): readonly FunctionNode[];
}

export interface CallGraphBuilder {
  /** One body of a unit; `locate` reads a span. The order of bodies does not matter to what is resolved. */
  note(body: Body, unit: number, scope: TypeScope, locate: (ref: SpanRef) => Location | null): void;
  finish(): CallGraph;
}

export interface CallGraphOptions {
  readonly shapes: TypeShapes;
  /**
   * Last segments of standard library functions that somebody asks for, or of methods of one type
   * (`Receiver::into_iter`); other calls into it are left out.
   */
  readonly standardCalls: ReadonlySet<string>;
  /** Text of an impl header at a place in the source; null where it is not known. */
  readonly headerAt: (file: string, location: Location) => string | null;
  /** A copy of the text that does not keep a dump alive. */
  readonly intern: (text: string) => string;
}

export function callGraphBuilder(options: CallGraphOptions): CallGraphBuilder {
  const { shapes, intern } = options;
  const nodes: FunctionNode[] = [];
  const byName = new Map<string, FunctionNode>();
  /** Impls that one macro call wrote have one place, and their methods one name: nothing is looked up among them. */
  const namesakes = new Set<string>();
  const marks = new Map<string, number>();
  const index = new FunctionIndex(shapes, options.headerAt);

  return { note, finish };

  function note(body: Body, unit: number, scope: TypeScope, locate: (ref: SpanRef) => Location | null): void {
    if (body.kind !== 'fn') return;
    const name = intern(body.name);
    const key = `${unit} ${name}`;
    const known = byName.get(key);
    const mark = markOf(body);
    if (known !== undefined && known.coroutine === (body.yields !== null)) {
      namesakes.add(key);
      // Bodies come in any order; the least mark stays so that the order does not show.
      if (mark >= (marks.get(key) as number)) return;
    } else if (known?.coroutine === true) return;
    // The dump before StateTransform says more than the one of `built`.
    const calls: CallSite[] = [];
    const makes = new Set<string>();
    const isClosure = /\{closure#\d+\}$/.test(body.name);
    const flow = inputFlowOf(body, isClosure);
    body.blocks.forEach((block, at) => {
      if (block.cleanup) return;
      for (const statement of block.statements) {
        if (statement.kind !== 'assign' || statement.rvalue.kind !== 'aggregate') continue;
        if (statement.rvalue.shape !== 'closure') continue;
        const ty = shapes.qualify(statement.rvalue.name, scope);
        if (ty.kind === 'closure') makes.add(intern(ty.key));
      }
      const { terminator } = block;
      if (terminator.kind !== 'call' && terminator.kind !== 'tail-call') return;
      const callee = typeof terminator.callee === 'string' ? terminator.callee : '';
      const passed = closuresIn(body, terminator.args, scope);
      const hands = flow.handed.get(at) ?? [];
      const isPoll = isPollCallee(callee);
      if (!isPoll && passed.size === 0 && hands.length === 0 && isPlainStandard(callee)) return;
      const parsed = parseCallee(callee);
      const self = parsed.kind === 'trait' || parsed.kind === 'self' ? qualifyTy(parsed.self, scope) : null;
      calls.push({
        block: at,
        callee: intern(callee),
        path: intern(pathOf(parsed, self, scope)),
        method: intern(methodOf(parsed)),
        at: locate(terminator.span),
        kind: isPoll ? 'poll' : 'call',
        self,
        madeBy: isPoll && self !== null && isDynamic(self) ? makerOf(body, terminator.args[0]) : null,
        passes: [...passed.keys()],
        passesIn: [...passed.values()],
        hands,
      });
    });
    const self = body.argCount > 0 ? shapes.qualify(body.locals[1]?.ty ?? '', scope) : null;
    const bare = self?.kind === 'ref' ? self.inner : self;
    const node: FunctionNode = {
      id: known?.id ?? nodes.length,
      unit,
      scope,
      name,
      coroutine: body.yields !== null,
      closureKey: isClosure && bare?.kind === 'closure' ? intern(bare.key) : null,
      impl: index.implOf(body, unit, scope),
      returns: intern(body.locals[0]?.ty ?? ''),
      calls,
      makes: [...makes],
      captures: flow.captured.map(({ input, type, field }) => {
        const ty = shapes.qualify(type, scope);
        return { input, key: ty.kind === 'closure' ? intern(ty.key) : '', field };
      }),
    };
    nodes[node.id] = node;
    byName.set(key, node);
    marks.set(key, mark);
  }

  function isPlainStandard(callee: string): boolean {
    if (!/^<?&?(?:mut )?(?:std|core|alloc)::/.test(callee)) return false;
    const last = /(\w+)(?:::<.*>)?$/.exec(callee)?.[1] ?? '';
    if (options.standardCalls.has(last)) return false;
    const owner = callee.startsWith('<')
      ? /^<&?(?:mut )?(?:\w+::)*(\w+)/.exec(callee)?.[1]
      : /(\w+)(?:::<.*>)?::\w+$/.exec(callee)?.[1];
    return !options.standardCalls.has(`${owner}::${last}`);
  }

  /** With the first argument that each is in. */
  function closuresIn(body: Body, args: readonly Operand[], scope: TypeScope): Map<string, number> {
    const keys = new Map<string, number>();
    for (const [position, arg] of args.entries()) {
      if (arg.kind === 'const') continue;
      const printed = printedTypeOf(body, arg.place);
      if (printed === null || !printed.includes('{')) continue;
      for (const key of closureKeysIn(shapes.qualify(printed, scope))) {
        if (!keys.has(key)) keys.set(intern(key), position);
      }
    }
    return keys;
  }

  function makerOf(body: Body, future: Operand | undefined): string | null {
    const made = future === undefined ? null : originOf(body, future);
    return made === null || typeof made.callee !== 'string' ? null : intern(made.callee);
  }

  function qualifyTy(ty: Ty, scope: TypeScope): Ty {
    return shapes.qualify(ty.text, scope);
  }

  function finish(): CallGraph {
    const ordered = nodes.filter(node => node !== undefined);
    index.build(
      ordered,
      ordered.filter(node => !namesakes.has(`${node.unit} ${node.name}`)),
    );
    const memo = new Map<string, Resolution>();
    // Each call is asked for by several rules, and the text of a callee is long.
    const byCall = new Map<CallSite, Resolution>();
    return {
      nodes: ordered,
      node: (unit, name) => byName.get(`${unit} ${name}`) ?? null,
      closure: (from, key) => index.closure(from, key),
      futuresIn: node => index.futuresIn(node),
      resolve(from, call) {
        const asked = byCall.get(call);
        if (asked !== undefined) return asked;
        const key = `${from.unit} ${call.callee} ${call.madeBy}`;
        const known = memo.get(key);
        const resolution = known ?? (call.callee === '' ? pointer : index.resolve(from, call));
        if (known === undefined) memo.set(key, resolution);
        byCall.set(call, resolution);
        return resolution;
      },
    };
  }
}

/** A number by which two bodies of one name are told apart: FNV-1a over the types of their locals. */
function markOf(body: Body): number {
  let mark = 0x811c9dc5;
  for (const { ty } of body.locals) {
    for (let i = 0; i < ty.length; i++) mark = Math.imul(mark ^ ty.charCodeAt(i), 0x01000193) >>> 0;
  }
  return mark;
}

/** `Pin<Box<dyn Future>>` and its kin. */
function isDynamic(self: Ty): boolean {
  return behindPointers(self).kind === 'dyn';
}

const pointer: Resolution = { targets: [], open: 'pointer' };

function pathOf(callee: Callee, self: Ty | null, scope: TypeScope): string {
  switch (callee.kind) {
    case 'path':
      return qualifyPath(callee.path, scope);
    case 'trait':
      return `<${pathOfType(self)} as ${qualifyPath(callee.trait, scope)}>::${callee.method}`;
    case 'self':
      return `<${pathOfType(self)}>::${callee.method}`;
    case 'unknown':
      return '';
  }
}

function pathOfType(ty: Ty | null): string {
  if (ty === null) return '_';
  if (ty.kind === 'path') return ty.path;
  if (ty.kind === 'ref') return `&${pathOfType(ty.inner)}`;
  return ty.text;
}
