import { devProfile, nothingMissing, type Setting } from '../setting.ts';

export const incrementalOff: Setting = {
  name: 'incremental-off',
  what: 'no incremental compilation',
  costs: 'every edit compiles its whole crate again: for builds from nothing only, as in CI',
  givesUp: [],
  spoils: ['no-op', 'edit', 'edit-api'],
  affects: ['clean', 'check', 'test', 'no-op', 'edit', 'edit-api'],
  missing: nothingMissing,
  edits: () => devProfile([], 'incremental', false),
  source: 'matklad, "Fast Rust Builds": off in CI',
  promise: 0.03,
};
