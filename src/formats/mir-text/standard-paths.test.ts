import { expect, test } from 'vitest';
import { withStandardPaths } from './standard-paths.ts';

test('a crate without std names the standard library as others do', () => {
  const text = `let mut _1: core::option::Option<alloc::boxed::Box<tiny::core::Gear>>;
_2 = <F as core::future::Future>::poll(move _3);
`;
  expect(withStandardPaths(text)).toMatchInlineSnapshot(`
    "let mut _1: std::option::Option<std::boxed::Box<tiny::core::Gear>>;
    _2 = <F as std::future::Future>::poll(move _3);
    "
  `);
});

test('a module of the crate’s own stays what it is', () => {
  const text = `let mut _1: std::option::Option<core::Gear>;
_2 = core::ops::turn(move _1);
`;
  expect(withStandardPaths(text)).toBe(text);
  expect(withStandardPaths('let mut _1: core::Gear;')).toBe('let mut _1: core::Gear;');
});
