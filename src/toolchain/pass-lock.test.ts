import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takePassLock } from './pass-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;

test('one at a time, in turn, and nothing stays', async () => {
  let inside = 0;
  const waits: number[] = [];
  const visit = async () => {
    const lock = await takePassLock(folder, never, pid => waits.push(pid));
    expect(++inside).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 5));
    inside--;
    await lock.release();
  };
  await Promise.all([visit(), visit(), visit()]);
  expect(new Set(waits)).toEqual(new Set([process.pid]));
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['a dead process', { pid: spawnSync('true').pid, host: hostname(), started: '' }],
  ['a process whose number was given away again', { pid: process.pid, host: hostname(), started: '1' }],
  ['nobody', 'garbage'],
])('a lock of %s is taken over', async (_, owner) => {
  writeFileSync(join(folder, 'lock'), JSON.stringify(owner));
  const lock = await takePassLock(folder, never, () => {});
  await lock.release();
  expect(existsSync(join(folder, 'lock'))).toBe(false);
});

test('a lock of another host is believed while it beats', async () => {
  const path = join(folder, 'lock');
  writeFileSync(path, JSON.stringify({ pid: 7, host: 'elsewhere', started: '' }));
  const stop = new AbortController();
  await expect(takePassLock(folder, stop.signal, () => stop.abort())).rejects.toMatchObject({
    kind: 'interrupted',
  });
  utimesSync(path, 1, 1);
  const lock = await takePassLock(folder, never, () => {});
  await lock.release();
});
