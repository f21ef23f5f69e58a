import { expect, test } from 'vitest';
import { lockCallOf } from './locks.ts';

test('a method by its path, also behind a re-export', () => {
  expect(lockCallOf('tokio::sync::Mutex::lock')).toMatchObject({
    lock: 'mutex',
    mode: 'exclusive',
    waits: 'await',
  });
  expect(lockCallOf('parking_lot::lock_api::RwLock::read')).toMatchObject({ mode: 'shared', waits: 'block' });
  expect(lockCallOf('my_prelude::tokio::sync::Semaphore::try_acquire')).toMatchObject({ waits: 'never' });
});

test('another method, and another type of the same name', () => {
  expect(lockCallOf('tokio::sync::Mutex::get_mut')).toBeNull();
  expect(lockCallOf('shop::Mutex::lock')).toBeNull();
  expect(lockCallOf('lock')).toBeNull();
});
