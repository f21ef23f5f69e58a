import type { TypeContains } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { Guard } from './knowledge/guards.ts';
import type { Subject } from './subject.ts';

/** One coroutine body before its transformation. */
export interface AsyncBody extends Subject {
  readonly guards: TypeContains<Guard>;
  /**
   * Generic arguments with which the workspace makes this future and which bring a guard with them, each beside the
   * body's own parameters. Empty for bodies that are not generic.
   */
  readonly instances: readonly Instance[];
}

export interface Instance {
  readonly parameters: readonly Ty[];
  readonly args: readonly Ty[];
}

export function isAsyncBody(subject: Subject): subject is AsyncBody {
  return subject.node.coroutine;
}
