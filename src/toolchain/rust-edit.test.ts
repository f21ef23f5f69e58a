import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakBody, editApi, editBody } from './rust-edit.ts';

const marked = (source: string) => {
  const edit = editBody(source, 7);
  return edit === null ? 'no body' : `${edit.what}\n${edit.text}`;
};

test('a statement goes into the first body that a build compiles', () => {
  const source = `//! fn in_comment() {}
/* fn nested() { /* fn deeper() {} */ } */
#![allow(dead_code)]
macro_rules! make { ($name:ident) => { fn $name() {} } }
make!(one);
const TEXT: &str = "fn in_text() {";
const RAW: &str = r#"fn "in_raw"() {"#;
type Pointer = fn(u8) -> char;
const BRACE: char = '{';
struct Held<'a>(&'a str);
#[cfg(test)]
mod tests { fn in_test() {} }
trait Named { fn name(&self) -> String; }
pub fn parse<const N: usize>(text: &[u8; { 1 + 2 }]) -> Result<(), Error> where Foo<{ N }>: Sized { Ok(()) }
`;
  expect(
    marked(source)
      .split('\n')
      .filter(line => /parse|_assay/.test(line)),
  ).toMatchInlineSnapshot(`
    [
      "the body of fn parse",
      "pub fn parse<const N: usize>(text: &[u8; { 1 + 2 }]) -> Result<(), Error> where Foo<{ N }>: Sized { let _assay_edit = 7u32; Ok(()) }",
    ]
  `);
});

test('a body with inner attributes is passed over, and a file without bodies has none', () => {
  expect(marked('fn first() { #![allow(x)] }\nfn second() {}')).toMatchInlineSnapshot(`
    "the body of fn second
    fn first() { #![allow(x)] }
    fn second() { let _assay_edit = 7u32;}"
  `);
  expect(marked('pub struct A;\npub use b::c;\n')).toBe('no body');
  expect(marked('#[cfg(test)]\nmod tests;\n#[cfg(not(test))]\nfn real() {}')).toMatchInlineSnapshot(`
    "the body of fn real
    #[cfg(test)]
    mod tests;
    #[cfg(not(test))]
    fn real() { let _assay_edit = 7u32;}"
  `);
});

test('an error, and a new public function', () => {
  expect(breakBody('fn a() {}', 3)?.text).toBe('fn a() { let _assay_edit: () = 3u32;}');
  expect(editApi('fn a() {}', 3).text).toMatchInlineSnapshot(`
    "fn a() {}
    #[doc(hidden)]
    #[allow(dead_code)]
    pub fn assay_edit_3() {}
    "
  `);
});

test('any text: the edit only adds, and no text is read for ever', () => {
  const pieces = fc.constantFrom(
    'fn ',
    'a',
    '{',
    '}',
    '(',
    ')',
    '"',
    "'",
    'r#"',
    '"#',
    '/*',
    '*/',
    '//',
    '\n',
    '#',
    '[',
    ']',
    '!',
    ';',
    '\\',
    'cfg(test)',
  );
  const texts = fc.array(pieces, { maxLength: 40 }).map(parts => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(texts, fc.string()), text => {
      const edit = editBody(text, 1);
      if (edit !== null) expect(edit.text.replace(' let _assay_edit = 1u32;', '')).toBe(text);
    }),
  );
});
