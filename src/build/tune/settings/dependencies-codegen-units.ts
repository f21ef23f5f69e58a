import { devCode, devProfile, nothingMissing, type Setting } from '../setting.ts';

export const dependenciesCodegenUnits: Setting = {
  name: 'dependencies-codegen-units',
  what: 'dependencies are generated in as many pieces as there are cores',
  costs: null,
  givesUp: [],
  affects: devCode,
  missing: nothingMissing,
  edits: ({ cores }) => devProfile(['package', '*'], 'codegen-units', Math.min(16, Math.max(1, cores))),
  source: 'The Cargo Book, "Profiles": 16 without incremental compilation; pieces repeat what they share',
  promise: 0.05,
};
