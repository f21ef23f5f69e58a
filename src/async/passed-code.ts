/**
 * What becomes of a closure that is passed to a call: whether it runs there, is sent to another thread, or is kept by
 * somebody. A function of the workspace is looked into, also through what it passes the closure on to, so a wrapper
 * around `spawn_blocking` is known as one. Functions of the standard library run what they are given, unless their names
 * say that they keep it; what functions of other crates do is in the table of spawns or not known.
 */
import type { CallSite, FunctionNode } from '#mir/function-node.ts';
import { summaries } from '#mir/summaries.ts';
import { spawnOf } from './knowledge/spawns.ts';
import type { Program } from './program.ts';

export interface PassedCode {
  readonly body: FunctionNode;
  readonly use: CodeUse;
}

/** `elsewhere`: on a thread that may block; `unknown`: kept, or passed to what cannot be looked into. */
export type CodeUse = 'runs' | 'elsewhere' | 'unknown';

/** Closures among the arguments of a call; futures are none of them: they run where they are polled. */
export function passedCodeOf(program: Program, node: FunctionNode, call: CallSite): PassedCode[] {
  if (call.kind === 'poll' || call.passes.length === 0) return [];
  const { graph } = program;
  return call.passes.flatMap((key, index) => {
    const body = graph.closure(node, key);
    if (body === null || body.coroutine) return [];
    return [{ body, use: useOf(usesIn(program, node, call, call.passesIn[index] as number)) }];
  });
}

const runs = 1;
const elsewhere = 2;
const kept = 4;

function useOf(uses: number): CodeUse {
  if ((uses & runs) !== 0) return 'runs';
  return uses === elsewhere ? 'elsewhere' : 'unknown';
}

interface InputUses {
  /** Number of an input that may be code, among those of all functions; null where it is none. */
  inputOf(node: FunctionNode, input: number): number | null;
  of(number: number): number;
}

const memo = new WeakMap<Program, InputUses>();

function inputUses(program: Program): InputUses {
  let known = memo.get(program);
  if (known === undefined) {
    known = inputUsesOf(program);
    memo.set(program, known);
  }
  return known;
}

/** Of a function: by position of the argument, what is done with code in it; nothing where it is not known. */
export function usesOfInputs(program: Program): (node: FunctionNode) => Readonly<Record<string, number>> {
  const { inputOf, of } = inputUses(program);
  return node => {
    const known: Record<string, number> = {};
    if (node.coroutine || /\{closure#\d+\}$/.test(node.name)) return known;
    const inputs = new Set([
      ...node.calls.flatMap(call => call.hands.map(({ input }) => input)),
      ...node.captures.map(({ input }) => input),
    ]);
    for (const input of [...inputs].sort((a, b) => a - b)) {
      const number = inputOf(node, input);
      const use = number === null ? kept : of(number);
      if (use !== 0 && (use & kept) === 0) known[input] = use;
    }
    return known;
  };
}

function usesIn(program: Program, node: FunctionNode, call: CallSite, arg: number): number {
  const { inputOf, of } = inputUses(program);
  return usesOfArgument(program, node, call, arg, (target, input) => {
    const number = inputOf(target, input);
    return number === null ? kept : of(number);
  });
}

function usesOfArgument(
  { graph, dependencies }: Program,
  node: FunctionNode,
  call: CallSite,
  arg: number,
  usesOfInput: (target: FunctionNode, input: number) => number,
): number {
  if (arg === 0 && /^(?:async_)?call(?:_mut|_once)?$/.test(call.method) && call.self !== null) return runs;
  const spawn = spawnOf(call.path);
  // What a task calls runs on an executor too.
  if (spawn !== null) return spawn === 'task' ? runs : elsewhere;
  const { targets } = graph.resolve(node, call);
  if (targets.length > 0) {
    return targets.reduce((uses, id) => uses | usesOfInput(graph.nodes[id] as FunctionNode, arg), 0);
  }
  if (!isStandard(call)) return dependencies.uses(node, call.path, arg) ?? kept;
  return keepsIt.test(call.method) ? kept : runs;
}

function isStandard({ callee }: CallSite): boolean {
  return (
    /^(?:std|core|alloc)::/.test(callee) ||
    / as (?:std|core|alloc)::[\w:]+(?:<.*>)?>::\w+(?:::<.*>)?$/s.test(callee)
  );
}

/** Constructors of what holds a value, and methods that put one somewhere. */
const keepsIt =
  /^(?:new|new_unchecked|from|into|into_future|pin|push|push_back|push_front|insert|set|send|try_send|store|replace|swap|extend|drop|forget|clone|leak|as_ref|as_mut|borrow|borrow_mut|to_owned|downgrade|upgrade)$/;

function inputUsesOf(program: Program): InputUses {
  const { graph } = program;
  const numbers = new Map<string, number>();
  const inputs: { node: FunctionNode; input: number }[] = [];
  for (const node of graph.nodes) {
    const own = new Set<number>();
    for (const call of node.calls) for (const { input } of call.hands) own.add(input);
    for (const { input } of node.captures) own.add(input);
    for (const input of own) {
      numbers.set(`${node.id} ${input}`, inputs.length);
      inputs.push({ node, input });
    }
  }
  const inputOf = (node: FunctionNode, input: number) => numbers.get(`${node.id} ${input}`) ?? null;
  /** Of one input, given the uses of those that it is handed on to. */
  const usesOf = (number: number, of: (number: number) => number): number => {
    const { node, input } = inputs[number] as { node: FunctionNode; input: number };
    const usesOfInput = (target: FunctionNode, its: number) => {
      const next = inputOf(target, its);
      return next === null ? kept : of(next);
    };
    let uses = 0;
    for (const call of node.calls) {
      if (call.kind === 'poll') continue;
      for (const hand of call.hands) {
        if (hand.input === input) uses |= usesOfArgument(program, node, call, hand.arg, usesOfInput);
      }
    }
    for (const capture of node.captures) {
      if (capture.input !== input) continue;
      const future = futureOf(node, capture.key);
      if (future !== null) uses |= usesOfInput(future, capture.field);
    }
    return uses;
  };
  const successors = inputs.map((_, number) => {
    const found = new Set<number>();
    usesOf(number, next => {
      found.add(next);
      return 0;
    });
    return [...found];
  });
  const { of } = summaries<number>({
    count: inputs.length,
    successorsOf: number => successors[number] as number[],
    bottom: 0,
    summarize: usesOf,
    equal: (a, b) => a === b,
  });
  return { inputOf, of };

  /** The future that captures the input: an async block, or what an async function consists of. */
  function futureOf(node: FunctionNode, key: string): FunctionNode | null {
    const block = graph.closure(node, key);
    if (block !== null) return block.coroutine ? block : null;
    const [own, ...others] = graph.futuresIn(node);
    return others.length === 0 ? (own ?? null) : null;
  }
}
