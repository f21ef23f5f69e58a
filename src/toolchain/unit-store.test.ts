import { expect, test } from 'vitest';
import { parseDepInfo } from './unit-store.ts';

test.each([
  ['/t/fig-1.d: src/lib.rs src/a.rs\n\nsrc/lib.rs:\n', ['src/lib.rs', 'src/a.rs']],
  ['/my\\ t/fig-1.d: src/it\\ is.rs /abs/größe.rs\n', ['src/it is.rs', '/abs/größe.rs']],
  ['fig.d:\n', []],
  ['', []],
  ['no rule', []],
])('the sources in %j', (text, sources) => {
  expect(parseDepInfo(text)).toEqual(sources);
});
