import { devProfile, everyKind, nothingMissing, type Setting } from '../setting.ts';

export const buildOverrideOpt3: Setting = {
  name: 'build-override-opt-3',
  what: 'build scripts and proc macros are optimised (opt-level 3)',
  costs: null,
  givesUp: [],
  // Of a release build the profile of its own would say so.
  affects: everyKind.filter(kind => kind !== 'release'),
  missing: nothingMissing,
  edits: () => devProfile(['build-override'], 'opt-level', 3),
  source: 'as build-override-opt-1; pays where a build script or a macro computes for long',
  promise: 0.02,
};
