import { devCode, devProfile, nothingMissing, type Setting } from '../setting.ts';

export const debugNone: Setting = {
  name: 'debug-none',
  what: 'no debug info, in any crate',
  costs: 'a debugger shows functions only, and backtraces have no lines',
  givesUp: ['debuginfo', 'dependency-debuginfo', 'backtraces'],
  excludes: ['dependencies-debug-line-tables', 'dependencies-debug-none', 'split-debuginfo-unpacked'],
  affects: devCode,
  missing: nothingMissing,
  edits: () => devProfile([], 'debug', false),
  source: 'The Rust Performance Book, "Compile times": 20 to 40 % of a dev build',
  promise: 0.2,
};
