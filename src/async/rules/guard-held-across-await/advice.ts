import type { GuardAdvice } from '../../held-guard-findings.ts';
import { type Guard, isBorrow, type LockKind } from '../../knowledge/guards.ts';

const dropFirst = 'end its scope, or `drop` it, before the await';

/** Words by kind of lock. */
export function adviceFor(guard: Guard): GuardAdvice {
  if (isBorrow(guard.kind)) throw new Error(`${guard.kind} is no lock`);
  const advice = byKind[guard.kind];
  // Streams and watch channels have no async lock to change to.
  const isLock = guard.paths.some(path => /Mutex|RwLock|Reentrant/.test(path));
  if (guard.kind !== 'sync-lock' || isLock) return advice;
  return { ...advice, help: ['copy or clone what is needed out of it before the await', dropFirst] };
}

const byKind: Record<LockKind, GuardAdvice> = {
  'sync-lock': {
    made: 'takes the lock here',
    why: 'while this future is suspended the lock stays taken: another task that asks for it on the same thread blocks that thread, and then nobody can resume this future',
    help: [dropFirst, 'if the lock must be held over the await, use an async one (`tokio::sync::Mutex`)'],
  },
  'spin-lock': {
    made: 'takes the lock here',
    why: 'while this future is suspended the lock stays taken: another task that asks for it spins, and on the same thread it spins for ever',
    help: [dropFirst, 'if the lock must be held over the await, use an async one (`tokio::sync::Mutex`)'],
  },
  'shard-lock': {
    made: 'locks a shard of the map here',
    why: 'a reference into the map keeps one of its shards locked: another task that touches the shard on the same thread blocks that thread, and then nobody can resume this future',
    help: ['copy or clone what is needed out of the map before the await', dropFirst],
  },
  'bucket-lock': {
    made: 'locks a bucket of the map here',
    why: 'an entry keeps its bucket locked while the future is suspended; who asks for the bucket meanwhile waits',
    help: ['copy or clone what is needed out of the map before the await', dropFirst],
  },
  'irq-lock': {
    made: 'masks interrupts here',
    why: 'interrupts stay masked while other tasks run, or the token outlives the section that it stands for',
    help: ['leave the critical section before the await'],
  },
  'blocking-iter': {
    made: 'makes the iterator here',
    why: 'its next step blocks the thread, and it is alive in the middle of a future',
    help: ['use an async channel (`tokio::sync::mpsc`), or iterate in `spawn_blocking`'],
  },
  join: {
    made: 'starts the thread here',
    why: 'the scope that the thread belongs to blocks until it ends, and this future may be suspended for any time before',
    help: ['join before the await, or use a task instead of a scoped thread'],
  },
  'async-lock': {
    made: 'takes the lock here',
    why: 'this lock is made to be held across an await; who waits for it waits until this future goes on or is dropped',
    help: ['hold it no longer than needed, above all not over network calls without a timeout'],
  },
  permit: {
    made: 'takes the permit here',
    why: 'the capacity stays taken until this future goes on or is dropped',
    help: ['take the permit after the await where that is possible'],
  },
  'pooled-resource': {
    made: 'takes it from the pool here',
    why: 'the resource is missing from the pool until this future goes on or is dropped; a second one taken meanwhile can exhaust the pool',
    help: ['give it back before awaiting what does not need it'],
  },
  'blocking-drop': {
    made: 'makes it here',
    why: 'dropping it does blocking work on the thread that drops the future, also when the future is cancelled',
    help: ['close it explicitly in `spawn_blocking`'],
  },
};
