import { expect, test } from 'vitest';
import type { Package, Resolved, Workspace } from '#model/workspace.ts';
import { versionDrafts } from './version-findings.ts';

const manifest = `[package]
name = "post"

[dependencies]
mail = "0.2"

[dev-dependencies]
async-io = "1"

[target.'cfg(unix)'.dependencies]
tokio = "1"
`;

function workspaceOf(packages: Record<string, readonly string[]>): Workspace {
  const resolved = new Map<string, Resolved>();
  for (const [id, needs] of Object.entries(packages)) {
    const dependencies = needs.map(need => ({
      packageId: need.replace(/^dev /, ''),
      externName: need.replace(/^dev /, '').replace(/ .*/, '').replaceAll('-', '_'),
      kinds: [need.startsWith('dev ') ? ('dev' as const) : ('normal' as const)],
    }));
    resolved.set(id, { features: [], dependencies });
  }
  const all = Object.keys(packages).map((id): Package => {
    const [name = '', version = ''] = id.split(' ');
    const manifestPath = name === 'post' ? '/ws/crates/post/Cargo.toml' : `/registry/${name}/Cargo.toml`;
    const common = { edition: '2021', rustVersion: null, source: null, targets: [] };
    return { id, name, version, manifestPath, ...common };
  });
  const memberIds = ['post 0.1.0'];
  return {
    root: '/ws',
    targetDirectory: '/ws/target',
    memberIds,
    defaultMemberIds: memberIds,
    packages: all,
    resolved,
  };
}

// Of `async-io` only tests have two versions, and they get along.
test('said at the line of the manifest that brings the oldest one, with the ways to all', () => {
  const workspace = workspaceOf({
    'post 0.1.0': ['mail 0.2.0', 'tokio 1.40.0', 'dev async-io 1.13.0', 'timers 2.0.0', 'dev stamps 1.0.0'],
    'mail 0.2.0': ['wire 0.13.0'],
    'wire 0.13.0': ['tokio 0.2.25'],
    'timers 2.0.0': ['async-io 2.6.0'],
    'stamps 1.0.0': ['tokio 0.3.7'],
    'tokio 0.2.25': [],
    'tokio 0.3.7': [],
    'tokio 1.40.0': [],
    'async-io 1.13.0': [],
    'async-io 2.6.0': [],
  });
  const lines = versionDrafts(workspace, file => (file === 'crates/post/Cargo.toml' ? manifest : null)).map(
    ({ severity, message, location, label, steps, notes, help }) =>
      [
        `${severity}: ${message}`,
        `  ${location.file}:${location.startLine} ${label}`,
        ...steps.map(step => `  ${step.location.file}:${step.location.startLine} ${step.message}`),
        ...(notes ?? []).map(note => `  note: ${note}`),
        ...(help ?? []).map(text => `  help: ${text}`),
      ].join('\n'),
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "note: \`post\` depends on 3 incompatible versions of \`tokio\`: 0.2.25, 0.3.7 and 1.40.0
      crates/post/Cargo.toml:5 brings 0.2.25
      crates/post/Cargo.toml:11 brings 1.40.0
      note: tokio 0.2.25 by mail 0.2.0 → wire 0.13.0 → tokio
      note: tokio 0.3.7 by stamps 1.0.0 → tokio (dev-dependencies only)
      note: tokio 1.40.0 is a dependency of the package itself
      note: a future of one version panics, or is never woken, in a runtime of the other
      help: look for a version of \`mail\` that uses the newer \`tokio\`: \`cargo tree -i tokio@0.2.25\` shows all ways"
  `);
});
