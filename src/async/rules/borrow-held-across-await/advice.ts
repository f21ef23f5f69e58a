import type { GuardAdvice } from '../../held-guard-findings.ts';
import { type BorrowKind, type Guard, isBorrow } from '../../knowledge/guards.ts';

const dropFirst = 'end its scope, or `drop` it, before the await';

/** Words by kind of borrow. */
export function adviceFor(guard: Guard): GuardAdvice {
  if (!isBorrow(guard.kind)) throw new Error(`${guard.kind} is no borrow`);
  return byKind[guard.kind];
}

const byKind: Record<BorrowKind, GuardAdvice> = {
  refcell: {
    made: 'borrows here',
    why: 'while this future is suspended the cell stays borrowed: another task that borrows it on the same thread panics',
    help: [
      'end the borrow before the await: copy out what is needed, or put the access into a block of its own',
    ],
  },
  'span-guard': {
    made: 'enters the span here',
    why: 'the span stays entered while the thread runs other tasks: their events are recorded under it, and this future may leave it on another thread',
    help: ['instrument the future instead: `future.instrument(span).await` (`tracing::Instrument`)'],
  },
  'thread-local': {
    made: 'sets the thread-local here',
    why: 'the setting belongs to the thread: while this future is suspended other tasks run under it, and this future may go on without it',
    help: [
      dropFirst,
      'bind the context to the future (`with_subscriber`, `with_context`, `bind_hub`) instead of to the thread',
    ],
  },
  'epoch-pin': {
    made: 'pins the epoch here',
    why: 'as long as the thread is pinned, garbage of all threads is kept, and memory grows while this future is suspended',
    help: [dropFirst],
  },
  'hazard-slot': {
    made: 'takes a slot here',
    why: 'there are few fast slots per thread, and a guard that lives long makes other loads slower; arc-swap’s own documentation advises against guards across yield points',
    help: ['use `load_full()` for what must live over an await', dropFirst],
  },
  slot: {
    made: 'takes the entry here',
    why: 'the slot cannot be reused while this future is suspended',
    help: [dropFirst],
  },
};
