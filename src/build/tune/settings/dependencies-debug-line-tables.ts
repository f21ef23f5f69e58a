import { devCode, devProfile, nothingMissing, type Setting } from '../setting.ts';

export const dependenciesDebugLineTables: Setting = {
  name: 'dependencies-debug-line-tables',
  what: 'line tables instead of debug info, in dependencies',
  costs: 'a debugger shows no local variables of dependencies; backtraces keep their lines',
  givesUp: ['dependency-debuginfo'],
  affects: devCode,
  missing: nothingMissing,
  edits: () => devProfile(['package', '*'], 'debug', 'line-tables-only'),
  source: 'The Cargo Book, "Build performance"',
  promise: 0.12,
};
