/**
 * What an `impl` is of, read off its header in the source. rustc names a method's body by the place of its impl
 * (`<impl at src/a.rs:3:1: 3:24>::go`), and the span covers exactly `impl<T> Bar for Foo<T> where …`.
 *
 * The paths are the author's, not the compiler's: only their last segments mean anything without name resolution.
 * Not readable: impls that a macro writes (`impl $t`); the caller then knows the impl by the `self` of its methods.
 */
import { closingBracket, topLevelIndexOf } from '#base/brackets.ts';

export interface ImplHeader {
  /** Last segment of the trait; null for an inherent impl. */
  readonly trait: string | null;
  /** Last segment of the type's path, without generics; null where the type is no path (`&T`, `[T]`, `(A, B)`). */
  readonly self: string | null;
  /** The type is one of the impl's own parameters: `impl<T: Read> ReadExt for T`. */
  readonly blanket: boolean;
}

/** Null when the text is no impl header that can be read. */
export function parseImplHeader(text: string): ImplHeader | null {
  let rest = text
    .replace(/\/\/[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  rest = rest.replace(/^(?:unsafe |const |default )*/, '');
  if (!/^impl\b/.test(rest) || rest.includes('$')) return null;
  rest = rest.slice('impl'.length).trimStart();
  const parameters: string[] = [];
  if (rest.startsWith('<')) {
    const end = closingBracket(rest);
    if (end < 0) return null;
    for (const part of split(rest.slice(1, end), ',')) {
      const name = /^(?:const )?(\w+)/.exec(part.trim())?.[1];
      if (name !== undefined && !part.trim().startsWith("'")) parameters.push(name);
    }
    rest = rest.slice(end + 1).trimStart();
  }
  rest = rest.replace(/^(?:const |async |!|~const )*/, '');
  const where = topLevelIndexOf(rest, ' where ');
  if (where >= 0) rest = rest.slice(0, where);
  rest = rest.replace(/ where$/, '');
  const middle = topLevelIndexOf(rest, ' for ');
  const trait = middle < 0 ? null : lastName(rest.slice(0, middle));
  const selfText = (middle < 0 ? rest : rest.slice(middle + 5)).trim();
  const self = lastName(selfText);
  if (middle >= 0 && trait === null) return null;
  return { trait, self, blanket: self !== null && parameters.includes(selfText) };
}

/** `Foo` of `crate::a::Foo<T>`. */
function lastName(path: string): string | null {
  const open = path.indexOf('<');
  const plain = (open < 0 ? path : path.slice(0, open)).trim();
  return /^(?:(?:::)?[\w#]+::)*([\w#]+)$/.exec(plain)?.[1]?.replace(/^r#/, '') ?? null;
}

function split(text: string, by: string): string[] {
  const parts: string[] = [];
  let rest = text;
  for (let at = topLevelIndexOf(rest, by); at >= 0; at = topLevelIndexOf(rest, by)) {
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + by.length);
  }
  return [...parts, rest];
}
