import type { Ty } from './type-parser.ts';

/** What a type points to through references, `Pin`, `Box`, `Rc` and `Arc`. */
export function behindPointers(ty: Ty): Ty {
  let at = ty;
  for (;;) {
    if (at.kind === 'ref') at = at.inner;
    else if (
      at.kind === 'path' &&
      at.args.length > 0 &&
      /^(std|core|alloc)::(pin::Pin|boxed::Box|rc::Rc|sync::Arc)$/.test(at.path)
    ) {
      at = at.args[0] as Ty;
    } else return at;
  }
}
