import { expect, test } from 'vitest';
import { type Command, readKey } from './keys.ts';

function commands(keys: string, options: { inField?: boolean; modified?: boolean } = {}): string {
  let pending: 'g' | null = null;
  const said: Command[] = [];
  for (const key of keys.split(' ')) {
    const read = readKey(pending, {
      key,
      modified: options.modified ?? false,
      inField: options.inField ?? false,
    });
    pending = read.pending;
    if (read.command !== null) said.push(read.command);
  }
  return said.map(command => Object.values(command).join(' ')).join(', ');
}

test.each([
  ['j j k', 'move 1, move 1, move -1'],
  ['g f', 'go f'],
  ['g Shift B', 'go b'],
  ['g g j', 'go g, move 1'],
  ['x f', ''],
  ['/ ? Escape', 'search, help, close'],
])('%s', (keys, said) => {
  expect(commands(keys)).toBe(said);
});

test('letters in a field are text; Escape still leaves it', () => {
  expect(commands('j g f / ? Escape', { inField: true })).toBe('close');
});

test('keys with Control, Alt or Meta belong to the browser', () => {
  expect(commands('j / g f', { modified: true })).toBe('');
});
