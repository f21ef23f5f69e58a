import { devCode, devProfile, type Setting } from '../setting.ts';

export const splitDebuginfoUnpacked: Setting = {
  name: 'split-debuginfo-unpacked',
  what: 'debug info stays beside the objects and is not linked',
  costs: 'a binary that is copied away has no debug info with it',
  givesUp: [],
  affects: devCode,
  // Elsewhere it is the default (macOS) or is not supported (Windows).
  missing: ({ triple }) => (triple.includes('linux') ? null : 'a Linux host'),
  edits: () => devProfile([], 'split-debuginfo', 'unpacked'),
  source: 'The Cargo Book, "Profiles"; less for the linker to copy',
  promise: 0.04,
};
