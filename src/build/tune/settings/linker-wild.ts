import { everyKind, rustflags, type Setting } from '../setting.ts';

export const linkerWild: Setting = {
  name: 'linker-wild',
  what: 'wild links',
  costs: 'every machine of the team needs wild, which is young: Linux only, no LTO',
  givesUp: [],
  group: 'linker',
  affects: everyKind,
  missing: ({ triple, programs }) => {
    if (!triple.includes('linux')) return 'a Linux host';
    return programs.has('wild') ? null : 'wild in the search path';
  },
  edits: host => rustflags(host, '-Clink-arg=-fuse-ld=wild'),
  source: 'wild links rustc in 0.49 s, mold in 0.95 s (a comparison of 2024)',
  promise: 0.05,
};
