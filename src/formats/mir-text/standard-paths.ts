/**
 * The standard library by one name. rustc prints its items by the path that the crate can see: `std::option::Option`, and
 * in a `#![no_std]` crate `core::option::Option` and `alloc::boxed::Box`. Whoever reads MIR asks for the first.
 *
 * A crate's own module `core` is printed in the same way, so only a text in which the standard types are `core`'s and that
 * never says `std::` is rewritten. Limit: there a module `core` of the crate's own is taken for the library.
 */
export function withStandardPaths(text: string): string {
  if (!isWithoutStd.test(text) || text.includes('std::')) return text;
  return text.replace(/(?<![\w:])(?:core|alloc)::/g, 'std::');
}

const isWithoutStd =
  /\bcore::(?:option::Option|result::Result|future::Future|fmt::|ops::|pin::Pin|task::|convert::|cmp::)/;
