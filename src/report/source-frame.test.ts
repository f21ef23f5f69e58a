import { expect, test } from 'vitest';
import type { Location } from '#model/location.ts';
import { draw, drawSpans, main } from './draw-frame.ts';
import { ansiPalette } from './palette.ts';
import { spanOf } from './sample-report.ts';

test('labels on neighbouring lines', () => {
  expect(
    drawSpans('    let g = m.lock().unwrap();\n    io().await;', [
      ['g', 'the guard `g` lives until the end of the block'],
      ['await', 'it is held here'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:9
      |
    1 |     let g = m.lock().unwrap();
      |         ^ the guard \`g\` lives until the end of the block
    2 |     io().await;
      |          ----- it is held here
    "
  `);
});

test('several labels on one line stack from right to left', () => {
  expect(
    drawSpans('    let pear = orchard.pick(&mut basket, ladder);', [
      ['orchard', 'orchard'],
      ['pear', 'pear'],
      ['basket', 'basket'],
      ['ladder', 'ladder'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:16
      |
    1 |     let pear = orchard.pick(&mut basket, ladder);
      |         ----   ^^^^^^^           ------  ------ ladder
      |         |      |                 |
      |         |      orchard           basket
      |         pear
    "
  `);
});

test('a span inside another', () => {
  expect(
    drawSpans('    peel(core(apple));', [
      ['core(apple)', 'outer'],
      ['apple', 'inner'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:10
      |
    1 |     peel(core(apple));
      |          ^^^^^^^^^^^
      |          |    |
      |          |    inner
      |          outer
    "
  `);
});

test('spans that start together', () => {
  expect(
    drawSpans('    peel(core);', [
      ['peel', 'inner'],
      ['peel(core)', 'outer'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:5
      |
    1 |     peel(core);
      |     ^^^^------
      |     |
      |     inner
      |     outer
    "
  `);
});

test('a label without words leaves its place to the other', () => {
  expect(
    drawSpans('    peel(core);', [
      ['core', ''],
      ['core', 'peeled here'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:10
      |
    1 |     peel(core);
      |          ^^^^ peeled here
    "
  `);
});

test('equal labels are drawn once', () => {
  expect(
    drawSpans('    peel(core);', [
      ['core', 'here'],
      ['core', 'here'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:10
      |
    1 |     peel(core);
      |          ^^^^ here
    "
  `);
});

test('a span of several lines that starts its line', () => {
  expect(
    drawSpans('    match rhine {\n        0 => elbe,\n        _ => oder,\n    };', [
      ['match rhine {\n        0 => elbe,\n        _ => oder,\n    }', 'a river'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:5
      |
    1 | /     match rhine {
    2 | |         0 => elbe,
    3 | |         _ => oder,
    4 | |     };
      | |_____^ a river
    "
  `);
});

test('a span of several lines that starts within its line, with labels inside', () => {
  expect(
    drawSpans('    let r = match rhine {\n        0 => elbe,\n        _ => oder,\n    };', [
      ['match rhine {\n        0 => elbe,\n        _ => oder,\n    }', 'a river'],
      ['elbe', 'this is a `u8`'],
      ['r', 'and this, too'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:13
      |
    1 |       let r = match rhine {
      |  _________-___^
      | |         |
      | |         and this, too
    2 | |         0 => elbe,
      | |              ---- this is a \`u8\`
    3 | |         _ => oder,
    4 | |     };
      | |_____^ a river
    "
  `);
});

test('nested spans of several lines', () => {
  const inner = 'loop {\n            flow();\n        }';
  const outer = `async {\n        ${inner}\n    }`;
  expect(
    drawSpans(`    ${outer}`, [
      [inner, 'inner'],
      [outer, 'outer'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:2:9
      |
    1 | /      async {
    2 | |/         loop {
    3 | ||             flow();
    4 | ||         }
      | ||_________^ inner
    5 | |      }
      | |______- outer
    "
  `);
});

test('spans of several lines that cross', () => {
  const source = 'X0 Y0 Z0\nX1 Y1 Z1\nX2 Y2 Z2';
  expect(
    drawSpans(source, [
      ['Y0 Z0\nX1 Y1 Z1\nX2', 'first'],
      ['Z0\nX1 Y1 Z1\nX2 Y2 Z2', 'second'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:4
      |
    1 |    X0 Y0 Z0
      |   ____^__-
      |  |____|
    2 | || X1 Y1 Z1
    3 | || X2 Y2 Z2
      | ||__^_____- second
      | |___|
      |     first
    "
  `);
});

test('the middle of a long span is left out', () => {
  const body = Array.from({ length: 12 }, (_, index) => `    drop${index}();`).join('\n');
  expect(
    drawSpans(`spawn(async {\n${body}\n})`, [
      [`{\n${body}\n}`, 'runs here'],
      ['drop9', 'lost'],
    ]),
  ).toMatchInlineSnapshot(`
    "
      --> src/main.rs:1:13
       |
     1 |   spawn(async {
       |  _____________^
     2 | |     drop0();
     3 | |     drop1();
     4 | |     drop2();
    ...  |
    11 | |     drop9();
       | |     ----- lost
    ...  |
    14 | | })
       | |_^ runs here
    "
  `);
});

test('distant lines are elided, a single line between is shown', () => {
  expect(
    drawSpans('let a = 1;\nlet b = 2;\nlet c = 3;\n\n\n\n\n\n\nlet z = 4;', [
      ['a', 'first'],
      ['c', 'second'],
      ['z', 'third'],
    ]),
  ).toMatchInlineSnapshot(`
    "
      --> src/main.rs:1:5
       |
     1 | let a = 1;
       |     ^ first
     2 | let b = 2;
     3 | let c = 3;
       |     - second
    ...
    10 | let z = 4;
       |     - third
    "
  `);
});

test('other files follow, in the order of their steps', () => {
  const sources = { [main]: 'let g = lock();', 'src/b.rs': '\n\n    io().await;' };
  expect(
    draw(sources, [
      [spanOf(main, sources[main]!, 'g'), 'the guard'],
      [spanOf('src/b.rs', sources['src/b.rs'], 'await'), 'held here'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:5
      |
    1 | let g = lock();
      |     ^ the guard
      |
     ::: src/b.rs:3:10
      |
    3 |     io().await;
      |          ----- held here
    "
  `);
});

test('without source the location and the words remain', () => {
  const sources = { [main]: 'let g = lock();' };
  const elsewhere = {
    file: '/rustc/0/library/core/src/lib.rs',
    startLine: 1204,
    startColumn: 3,
    endLine: 1204,
    endColumn: 9,
  };
  expect(
    draw(sources, [
      [spanOf(main, sources[main]!, 'g'), 'the guard'],
      [elsewhere, 'taken here'],
    ]),
  ).toMatchInlineSnapshot(`
    "
        --> src/main.rs:1:5
         |
       1 | let g = lock();
         |     ^ the guard
         |
        ::: /rustc/0/library/core/src/lib.rs:1204:3
         |
         = note: taken here
    "
  `);
  expect(draw({}, [[elsewhere, '']])).toMatchInlineSnapshot(`
    "
        --> /rustc/0/library/core/src/lib.rs:1204:3
    "
  `);
});

test('tabs, wide, combining and emoji characters keep carets in place', () => {
  expect(
    drawSpans('\tlet 日本 = "e\u0301👩‍👧"; drop(日本);', [
      ['日本', 'wide', 1],
      ['"e\u0301👩‍👧"', 'text'],
      ['日本', 'name'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:25
      |
    1 |     let 日本 = "é👩👧"; drop(日本);
      |         ----   ------- text  ^^^^ wide
      |         |
      |         name
    "
  `);
});

test('controls and bidirectional marks are made visible', () => {
  expect(drawSpans('let a\u202e = "\u001b[31m\u0007"; b', [['b', 'here \u001b[31m']])).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:20
      |
    1 | let a� = "␛[31m␇"; b
      |                    ^ here ␛[31m
    "
  `);
});

test('a span at the end of a line and an empty one', () => {
  const source = 'let a = 1;';
  const at = (startColumn: number, endColumn: number): Location => ({
    file: main,
    startLine: 1,
    startColumn,
    endLine: 1,
    endColumn,
  });
  expect(
    draw({ [main]: source }, [
      [at(11, 11), 'after the end'],
      [at(5, 5), 'empty'],
    ]),
  ).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:11
      |
    1 | let a = 1;
      |     -     ^ after the end
      |     |
      |     empty
    "
  `);
  expect(draw({ [main]: source }, [[at(99, 120), 'beyond']])).toMatchInlineSnapshot(`
    "
     --> src/main.rs:1:99
      |
    1 | let a = 1;
      |           ^ beyond
    "
  `);
});

test('colours are those of rustc', () => {
  const coloured = draw(
    { [main]: 'let g = lock();' },
    [
      [spanOf(main, 'let g = lock();', 'g'), 'guard'],
      [spanOf(main, 'let g = lock();', 'lock'), 'taken'],
    ],
    { palette: ansiPalette },
  );
  expect(coloured.replaceAll('\u001b', '␛')).toMatchInlineSnapshot(`
    "
     ␛[1m␛[94m-->␛[0m src/main.rs:1:5
      ␛[1m␛[94m|␛[0m
    ␛[1m␛[94m1␛[0m ␛[1m␛[94m|␛[0m let g = lock();
      ␛[1m␛[94m|␛[0m     ␛[1m␛[91m^␛[0m   ␛[1m␛[94m----␛[0m ␛[1m␛[94mtaken␛[0m
      ␛[1m␛[94m|␛[0m     ␛[1m␛[91m|␛[0m
      ␛[1m␛[94m|␛[0m     ␛[1m␛[91mguard␛[0m
    "
  `);
});
