import type { Ty } from './type-parser.ts';

/**
 * Keys of the closures and coroutines that a type owns or refers to, in the order of printing. A closure that an async
 * function was given is none of its future's: what becomes of it is said by the call of the function.
 */
export function closureKeysIn(ty: Ty): string[] {
  const keys: string[] = [];
  const walk = (part: Ty, isGiven = false): void => {
    switch (part.kind) {
      case 'closure':
        if (!isGiven || part.coroutine) keys.push(part.key);
        for (const arg of part.args) walk(arg, isGiven || part.coroutine);
        return;
      case 'path':
        for (const arg of part.args) walk(arg, isGiven);
        return;
      case 'ref':
      case 'raw':
        walk(part.inner, isGiven);
        return;
      case 'tuple':
        for (const item of part.items) walk(item, isGiven);
        return;
      case 'array':
      case 'slice':
        walk(part.element, isGiven);
        return;
      default:
    }
  };
  walk(ty);
  return keys;
}
