import { expect, test } from 'vitest';
import { functionAround, functionLines } from './rust-functions.ts';

const source = `use std::fmt;

#[derive(Debug)]
struct Jar<'a> { label: &'a str }

trait Lid { fn close(&self); fn turn(&self) -> u8 { 1 } }

impl<'a> Jar<'a> {
    /// Not its own line: a comment is no token.
    #[must_use]
    pub async fn open(&self, at: [u8; { 1 + 1 }]) -> String {
        let brace = '{';
        let text = r#"fn fake() { "}" "#; // }
        /* } /* nested */ fn no() {} */
        fn inner(x: u8) -> u8 {
            x
        }
        format!("{text}\\"}}{brace}{}", inner(1))
    }
}

async fn last<F>(f: F) where F: Fn(fn() -> u8) {
    f(|| 1);
}
`;

test('functions are found by their tokens, with their attributes and their closing braces', () => {
  expect(
    functionLines(source).map(({ name, first, last }) => `${name} ${first}-${last}`),
  ).toMatchInlineSnapshot(`
    [
      "turn 6-6",
      "inner 14-17",
      "open 9-19",
      "last 21-24",
    ]
  `);
});

test('the innermost function around a line', () => {
  const functions = functionLines(source);
  const names = [1, 10, 13, 16, 18, 22, 24].map(line => `${line}: ${functionAround(functions, line)?.name}`);
  expect(names).toMatchInlineSnapshot(`
    [
      "1: undefined",
      "10: open",
      "13: open",
      "16: inner",
      "18: open",
      "22: last",
      "24: last",
    ]
  `);
});
