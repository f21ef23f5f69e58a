/** Callees as rustc prints them in a call terminator, taken apart so that the function behind one can be looked up. */
import { closingBracket, topLevelIndexOf } from '#base/brackets.ts';
import { eraseLifetimes, parsePath, parseType, type Ty } from './type-parser.ts';

export type Callee =
  /** `shop::run`, `shop::Foo::<T>::new`, a tuple struct's constructor: a path without `as Trait`. */
  | { readonly kind: 'path'; readonly path: string; readonly args: readonly Ty[] }
  /** `<Foo<T> as Bar>::go`. */
  | {
      readonly kind: 'trait';
      readonly self: Ty;
      /** Without generics. */
      readonly trait: string;
      readonly method: string;
    }
  /** `<[T]>::len`, `<impl Foo>::go` and what else begins with `<` and names no trait. */
  | { readonly kind: 'self'; readonly self: Ty; readonly method: string }
  | { readonly kind: 'unknown' };

/** Total: what does not read as a path is `unknown`. Paths stay as printed; the caller qualifies them. */
export function parseCallee(text: string): Callee {
  if (!text.startsWith('<') || text.startsWith('<impl at ')) {
    const path = parsePath(text);
    return path === null ? { kind: 'unknown' } : { kind: 'path', path: path.path, args: path.args };
  }
  const end = closingBracket(text);
  if (end < 0 || !text.startsWith('::', end + 1)) return { kind: 'unknown' };
  const inside = text.slice(1, end);
  const method = parsePath(text.slice(end + 3))?.path;
  if (method === undefined) return { kind: 'unknown' };
  const as = topLevelIndexOf(inside, ' as ');
  if (as < 0) return { kind: 'self', self: parseType(inside), method };
  const trait = parsePath(eraseLifetimes(inside.slice(as + 4)))?.path;
  if (trait === undefined) return { kind: 'unknown' };
  return { kind: 'trait', self: parseType(inside.slice(0, as)), trait, method };
}

/** `lock` of `std::sync::Mutex::<u32>::lock` and of `<T as Lock>::lock`. */
export function methodOf(callee: Callee): string {
  if (callee.kind === 'unknown') return '';
  if (callee.kind !== 'path') return callee.method;
  const cut = callee.path.lastIndexOf('::');
  return cut < 0 ? callee.path : callee.path.slice(cut + 2);
}
