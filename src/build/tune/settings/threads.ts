import { everyKind, rustflags, type Setting } from '../setting.ts';

export const threads: Setting = {
  name: 'threads',
  what: 'the compiler’s front end has as many threads as there are cores, 8 at most',
  costs: 'a nightly compiler, and an experimental part of it',
  givesUp: ['stable-toolchain'],
  affects: everyKind,
  missing: ({ nightly, cores }) => {
    if (cores < 2) return 'a second core';
    return nightly ? null : 'a nightly toolchain';
  },
  edits: host => rustflags(host, `-Zthreads=${Math.min(8, host.cores)}`),
  source:
    'The Rust blog, 2023-11-09: up to 50 %; a pull request of t8y2/dbx became 2.1 times as slow: it must be measured',
  promise: 0.15,
};
