import type { Ty } from './type-parser.ts';

/** Keys of the closures and coroutines that a type owns or refers to, in the order of printing. */
export function closureKeysIn(ty: Ty): string[] {
  const keys: string[] = [];
  const walk = (part: Ty): void => {
    switch (part.kind) {
      case 'closure':
        // Its arguments are its function's: what becomes of a closure among them is that function's business.
        keys.push(part.key);
        return;
      case 'path':
        part.args.forEach(walk);
        return;
      case 'ref':
      case 'raw':
        walk(part.inner);
        return;
      case 'tuple':
        part.items.forEach(walk);
        return;
      case 'array':
      case 'slice':
        walk(part.element);
        return;
      default:
    }
  };
  walk(ty);
  return keys;
}
