import { expect, test } from 'vitest';
import { drawSpans } from './draw-frame.ts';

test('a long line is trimmed around span and label', () => {
  const source = `    let ${'apple, '.repeat(30)}pear = pick(); ${'plum(); '.repeat(20)}`;
  expect(drawSpans(source, [['pear', 'the pear is picked here']], { width: 60 })).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:219
      |
    1 | ...le, apple, pear = pick(); plum(); plum(); plum(); ...
      |               ^^^^ the pear is picked here
    "
  `);
});

test('a long line is trimmed at its end alone where the span is near its start', () => {
  const source = `    let pear = pick(); ${'plum(); '.repeat(20)}`;
  expect(drawSpans(source, [['pear', 'picked']], { width: 40 })).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:9
      |
    1 |     let pear = pick(); plum(); pl...
      |         ^^^^ picked
    "
  `);
});

test('lines that do not fit together are trimmed each by itself, and a short line for its label too', () => {
  const source = `    let pear = pick();
    ${'plum().'.repeat(8)}eat(pear).await;
    drop(pear);`;
  expect(
    drawSpans(
      source,
      [
        ['pear', 'lives across an await'],
        ['await', 'held across this await'],
        ['pear', 'moved away here, where nobody would have looked', 2],
      ],
      { width: 60 },
    ),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:9
      |
    1 |     let pear = pick();
      |         ^^^^ lives across an await
    2 | ....plum().plum().eat(pear).await;
      |                             ----- held across this await
    3 | ...(pear);
      |     ---- moved away here, where nobody would have looked
    "
  `);
});

test('no span is cut, even where two are further apart than the terminal is wide', () => {
  const source = `let pear = 1; ${'plum(); '.repeat(12)}drop(pear); ${'plum(); '.repeat(12)}`;
  expect(
    drawSpans(
      source,
      [
        ['pear', 'used', 1],
        ['pear', 'moved'],
      ],
      { width: 50 },
    ),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:116
      |
    1 | let pear = 1; plum(); plum(); plum(); plum(); plum(); plum(); plum(); plum(); plum(); plum(); plum(); plum(); drop(pear)...
      |     ---- moved                                                                                                     ^^^^ used
    "
  `);
});
