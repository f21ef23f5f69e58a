import { devCode, devProfile, nothingMissing, type Setting } from '../setting.ts';

export const dependenciesDebugNone: Setting = {
  name: 'dependencies-debug-none',
  what: 'no debug info in dependencies',
  costs: 'a debugger shows functions only in dependencies, and backtraces have no lines there',
  givesUp: ['dependency-debuginfo', 'backtraces'],
  affects: devCode,
  missing: nothingMissing,
  edits: () => devProfile(['package', '*'], 'debug', false),
  source: 'The Cargo Book, "Build performance"',
  promise: 0.15,
};
