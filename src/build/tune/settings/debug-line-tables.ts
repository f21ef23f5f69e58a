import { devCode, devProfile, nothingMissing, type Setting } from '../setting.ts';

export const debugLineTables: Setting = {
  name: 'debug-line-tables',
  what: 'line tables instead of debug info, in all crates',
  costs: 'a debugger shows no local variables; backtraces keep their lines',
  givesUp: ['debuginfo', 'dependency-debuginfo'],
  excludes: ['dependencies-debug-line-tables'],
  affects: devCode,
  missing: nothingMissing,
  edits: () => devProfile([], 'debug', 'line-tables-only'),
  source: 'The Cargo Book, "Profiles"; 2 to 30 % of cycles in the compiler team’s survey of 2025',
  promise: 0.15,
};
