import { expect, test } from 'vitest';
import { busySeconds } from './machine-load.ts';

test('all but idle and waiting for the disk', () => {
  // /proc/stat of Linux 6.1 on two cores, shortened.
  const text = 'cpu  1000 20 300 99999 500 4 6 70 0 0\ncpu0 500 10 150 49999 250 2 3 35 0 0\nintr 1\n';
  expect(busySeconds(() => text)).toBe(14);
});

test('null where it is something else', () => {
  const missing = () => {
    throw new Error('no such file');
  };
  expect([busySeconds(() => 'cpu  1 2\n'), busySeconds(() => ''), busySeconds(missing)]).toEqual([
    null,
    null,
    null,
  ]);
});
