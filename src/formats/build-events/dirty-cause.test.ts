import { expect, test } from 'vitest';
import { dirtyCauseInWords } from './dirty-cause.ts';

/** Causes that no build here gave; their fields are those of cargo's definition. */
const causes = [
  { dirty_reason: 'rustc-changed' },
  { dirty_reason: 'features-changed', old: '["default", "jam"]', new: '["default", "honey"]' },
  { dirty_reason: 'features-changed', old: 'not a list', new: '[]' },
  { dirty_reason: 'profile-configuration-changed' },
  { dirty_reason: 'rustflags-changed', old: [], new: ['-C', 'target-cpu=native'] },
  { dirty_reason: 'compile-kind-changed' },
  { dirty_reason: 'env-vars-changed', old: 'A', new: 'B' },
  { dirty_reason: 'number-of-dependencies-changed', old: 3, new: 4 },
  { dirty_reason: 'unit-dependency-name-changed', old: 'plum', new: 'pear' },
  { dirty_reason: 'unit-dependency-info-changed', unit: 99 },
  { dirty_reason: 'unit-dependency-info-changed', old_name: 'plum', new_name: 'pear', old_fingerprint: 1 },
  { dirty_reason: 'fs-status-outdated', fs_status: 'stale' },
  {
    dirty_reason: 'fs-status-outdated',
    fs_status: 'stale-item',
    stale_item: 'failed-to-read-metadata',
    path: '/ws/a.rs',
  },
  {
    dirty_reason: 'fs-status-outdated',
    fs_status: 'stale-item',
    stale_item: 'missing-checksum',
    path: '/elsewhere/a.rs',
  },
  { dirty_reason: 'fs-status-outdated', fs_status: 'stale-item', stale_item: 'moon-phase', path: '/ws/a.rs' },
  { dirty_reason: 'fs-status-outdated', fs_status: 'up-to-date' },
  { dirty_reason: 'env-var-changed', name: 'TOKEN', old_value: 'hunter1', new_value: 'hunter2' },
  { dirty_reason: 'precalculated-components-changed', old: 'abc', new: 'def' },
  { dirty_reason: 'nothing-obvious' },
  { dirty_reason: 'something-from-the-future', of: 'cargo' },
  'no object',
];

test('every other cause has words, and an unknown one is said as cargo names it', () => {
  const lines = causes.map(cause => dirtyCauseInWords(cause, '/ws', () => null) ?? 'null');
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "rustc changed
    its features changed (+honey, -jam)
    its features changed
    the profile changed
    the rustflags changed (\`\` → \`-C target-cpu=native\`)
    the platform that it is built for changed
    the environment variables that it depends on changed
    its number of dependencies changed (3 → 4)
    its dependency \`plum\` is now \`pear\`
    a dependency changed
    its dependency \`pear\` changed
    it was out of date, cargo did not say why
    \`a.rs\` could not be read
    \`/elsewhere/a.rs\` has no checksum from the last build
    moon phase (\`a.rs\`)
    up to date
    the environment variable \`TOKEN\` changed
    its package changed
    cargo found no reason
    something from the future
    null"
  `);
});

test('values of environment variables are never said', () => {
  expect(causes.map(cause => dirtyCauseInWords(cause, null, () => null)).join()).not.toMatch(/hunter/);
});
