import { devProfile, everyKind, nothingMissing, type Setting } from '../setting.ts';

export const buildOverrideOpt1: Setting = {
  name: 'build-override-opt-1',
  what: 'build scripts and proc macros are optimised (opt-level 1)',
  costs: null,
  givesUp: [],
  // Of a release build the profile of its own would say so.
  affects: everyKind.filter(kind => kind !== 'release'),
  missing: nothingMissing,
  edits: () => devProfile(['build-override'], 'opt-level', 1),
  source:
    '16 s to 6 s where macros are hot (mre/endler.dev#53), and −7 % and +75 % in one pull request (fedimint#5507): it must be measured',
  promise: 0.03,
};
