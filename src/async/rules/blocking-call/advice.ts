import type { Blocking, BlockingKind } from '../../knowledge/blocking.ts';

export interface Advice {
  /** What it does to the thread: `sleeps`; follows "here it". */
  readonly does: string;
  readonly why: string;
  readonly help: readonly string[];
}

export function adviceFor({ kind, instead }: Blocking): Advice {
  const advice = byKind[kind];
  return instead === null
    ? advice
    : { ...advice, help: [`use \`${instead}\` of the same type`, ...advice.help] };
}

const stalls =
  'the executor’s thread does nothing else meanwhile: other tasks on it, and other branches of this one, wait';
const offload = 'move it into `tokio::task::spawn_blocking`, or into a thread of its own';
const asyncChannel = 'use a channel with an async receiver (`tokio::sync::mpsc`, `flume`, `async_channel`)';
const asyncNet = 'use the async type of the runtime (`tokio::net`)';

const byKind: Record<BlockingKind, Advice> = {
  barrier: {
    does: 'waits for other threads',
    why: stalls,
    help: ['use `tokio::sync::Barrier` or `Notify`', offload],
  },
  channel: { does: 'waits for a message', why: stalls, help: [asyncChannel, offload] },
  'channel-iter': { does: 'waits for messages', why: stalls, help: [asyncChannel, offload] },
  'channel-send': {
    does: 'waits while the channel is full',
    why: `when the channel is full ${stalls}; if the receiver is one of them, for ever`,
    help: ['make sure that it is never full, or use a channel with an async sender'],
  },
  condvar: {
    does: 'waits to be notified',
    why: stalls,
    help: ['use `tokio::sync::Notify` or `watch`', offload],
  },
  cpu: {
    does: 'computes for a long time',
    why: 'an await that never comes is as bad as a sleep: other tasks on this thread wait for the computation',
    help: ['where it takes more than some ten microseconds, move it into `spawn_blocking` or a thread pool'],
  },
  'cpu-pool': {
    does: 'waits for the thread pool',
    why: 'the pool computes, and the executor’s thread waits for it: other tasks on it wait too',
    help: ['start it with `rayon::spawn` and await the answer over a `oneshot` channel'],
  },
  database: { does: 'waits for the database', why: stalls, help: ['use an async client', offload] },
  deadlocks: {
    does: 'blocks until another task goes on',
    why: 'the task that would end the wait may need this very thread: its documentation says that it may deadlock in async code',
    help: ['use the async method of the same name without `blocking`, and await it'],
  },
  dns: {
    does: 'resolves a name',
    why: `a name server that does not answer costs seconds; ${stalls}`,
    help: ['use `tokio::net::lookup_host`, or a function that takes the name and connects'],
  },
  'embedded-db': {
    does: 'reads or writes the database’s files',
    why: 'mostly short, and as slow as the disk and the lock of the database are',
    help: ['where latency matters, give the database a thread of its own'],
  },
  'file-lock': {
    does: 'waits for the lock of a file',
    why: stalls,
    help: ['try the lock and retry after an async sleep', offload],
  },
  fs: {
    does: 'waits for the file system',
    why: 'microseconds on a local disk that is idle, seconds on a slow or remote one',
    help: ['use `tokio::fs`, or do several of these in one `spawn_blocking`'],
  },
  fsync: {
    does: 'waits until the disk has written',
    why: `a flush to disk takes milliseconds, and seconds on a busy one; ${stalls}`,
    help: ['use `tokio::fs::File::sync_all`', offload],
  },
  http: {
    does: 'waits for the answer',
    why: stalls,
    help: ['use an async client (`reqwest`, `hyper`)', offload],
  },
  io: { does: 'reads or writes', why: stalls, help: [offload] },
  join: {
    does: 'waits until the thread ends',
    why: stalls,
    help: [
      'let the thread say over a `tokio::sync::oneshot` channel that it is done, and await that',
      offload,
    ],
  },
  mail: { does: 'waits for the mail server', why: stalls, help: ['use `AsyncSmtpTransport`', offload] },
  'nested-executor': {
    does: 'runs a second executor',
    why: 'the inner future waits on this thread; what it needs to go on may be a task or a driver of this very thread, and then neither goes on',
    help: [
      'await the future',
      'if the caller cannot be async: `spawn_blocking`, or `block_in_place` around it',
    ],
  },
  net: { does: 'waits for the network', why: stalls, help: [asyncNet, offload] },
  panics: {
    does: 'blocks, which tokio does not allow here',
    why: 'on a thread that runs async code it panics, as its documentation says',
    help: ['await instead', 'if the caller cannot be async: `spawn_blocking`, or `block_in_place` around it'],
  },
  park: { does: 'waits to be unparked', why: stalls, help: ['use `tokio::sync::Notify`', offload] },
  pool: {
    does: 'waits for a free connection',
    why: stalls,
    help: ['use an async pool (`deadpool`, `bb8`)', offload],
  },
  process: {
    does: 'waits for a process',
    why: stalls,
    help: ['use `tokio::process`, or the async process type of the runtime'],
  },
  scope: {
    does: 'waits for all threads of the scope',
    why: stalls,
    help: ['put the scope into `spawn_blocking`'],
  },
  signal: { does: 'waits for a signal', why: stalls, help: ['use `tokio::signal`'] },
  sleep: {
    does: 'sleeps',
    why: stalls,
    help: ['use the runtime’s sleep (`tokio::time::sleep`) and await it'],
  },
  stdin: {
    does: 'waits for input',
    why: `a person types when he likes, and a pipe may stay open; ${stalls}`,
    help: ['read in a thread of its own and send the lines over an async channel'],
  },
  'writer-lock': {
    does: 'waits until no other writer is left',
    why: stalls,
    help: [offload],
  },
};
