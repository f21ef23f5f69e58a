import { devCode, devProfile, type Setting, type SettingEdit } from '../setting.ts';

export const cranelift: Setting = {
  name: 'cranelift',
  what: 'Cranelift generates the code',
  costs: 'a nightly compiler; slower programs; some of unwinding and SIMD is missing',
  givesUp: ['stable-toolchain'],
  affects: devCode,
  missing: ({ nightly, backends }) => {
    if (!nightly) return 'a nightly toolchain';
    return backends.has('cranelift') ? null : 'the component rustc-codegen-cranelift-preview';
  },
  edits: (): readonly SettingEdit[] => [
    { file: 'config', edit: { table: ['unstable'], key: 'codegen-backend', value: true } },
    ...devProfile([], 'codegen-backend', 'cranelift'),
  ],
  source: 'project goal of 2026: 10 to 15 % of a suite, 30 % at most',
  promise: 0.12,
};
