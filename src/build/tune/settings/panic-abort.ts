import { devCode, devProfile, nothingMissing, type Setting } from '../setting.ts';

export const panicAbort: Setting = {
  name: 'panic-abort',
  what: 'a panic ends the program and does not unwind',
  costs:
    '`catch_unwind` catches nothing, and drops do not run after a panic; tests are compiled with unwinding still, and their dependencies twice',
  givesUp: ['unwinding'],
  affects: devCode,
  missing: nothingMissing,
  edits: () => devProfile([], 'panic', 'abort'),
  source: 'The Cargo Book, "Profiles": no code for unwinding',
  promise: 0.03,
};
