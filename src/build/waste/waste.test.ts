import { expect, test } from 'vitest';
import type { PlannedUnit, Proof, UnitGraph } from '#model/build.ts';
import type { BuildUnit } from '#model/build-report.ts';
import { idealMachine } from '../schedule/machine.ts';
import type { PlannedBuildUnit } from './draft.ts';
import { wasteOf } from './waste.ts';

interface Draft {
  readonly name: string;
  readonly version?: string;
  readonly target?: string;
  readonly work: number;
  readonly needs?: readonly number[];
  readonly features?: readonly string[];
  readonly platform?: string;
  readonly optLevel?: string;
  readonly debuginfo?: string;
  readonly member?: boolean;
}

function planned(draft: Draft, index: number): PlannedBuildUnit {
  const { name, version = '1.0.0', target = 'lib', work, needs = [], features = [] } = draft;
  const mode = target === 'build script (run)' ? 'run-custom-build' : 'build';
  const linked = target !== 'lib';
  const unit: BuildUnit = {
    package: name,
    version,
    target,
    mode,
    startSeconds: 0,
    durationSeconds: work,
    critical: false,
    member: draft.member === true,
    dependencies: needs,
    linked,
    pipelined: !linked,
    work: [work / 2, work / 2, 0],
    codegenUnits: 16,
  };
  const profile = { optLevel: draft.optLevel ?? '0', debuginfo: draft.debuginfo ?? '0' };
  const plan = {
    index,
    packageId: `${name}@${version}`,
    packageName: name,
    dependencies: needs,
    targetName: name,
    targetKind: target,
    mode,
    platform: draft.platform ?? null,
    features,
    profile,
  };
  return { unit, planned: plan as unknown as PlannedUnit };
}

function told(
  drafts: readonly Draft[],
  proofs: readonly Proof[] = [],
  otherCommands: ReadonlyMap<string, UnitGraph> = new Map(),
): string {
  const units = drafts.map(planned);
  const { shown, smallCount, smallWorkSeconds } = wasteOf(units, idealMachine(2), proofs, otherCommands);
  const lines = shown.map(
    ({ kind, what, because, workSeconds, wallSeconds, proof }) =>
      `${kind}: ${what}: ${workSeconds} s, ${wallSeconds ?? '?'} s sooner${proof === 'seen' ? '' : `, ${proof}`}\n    ${because}`,
  );
  return [...lines, `${smallCount} small of ${smallWorkSeconds} s`].join('\n');
}

test('one library for the build and for the program, with other features and settings', () => {
  expect(
    told([
      { name: 'syn', work: 4, features: ['derive'], optLevel: '0' },
      { name: 'syn', work: 5, features: ['derive', 'full'], platform: 'thumbv7em', optLevel: '3' },
      { name: 'derive', target: 'proc-macro', work: 1, needs: [0] },
      { name: 'app', target: 'bin "app"', work: 1, needs: [1, 2], member: true },
    ]),
  ).toMatchInlineSnapshot(`
    "proc-macro: derive 1.0.0: 5 s, 0 s sooner
        2 units that only it needs, itself included
    built-twice: syn 1.0.0 lib: 4 s, 0 s sooner
        for the host, opt-level 0, debug 0 by derive; for thumbv7em, with full, opt-level 3, debug 0 by app
    0 small of 0 s"
  `);
});

test('two versions of a package, and who needs each', () => {
  expect(
    told([
      { name: 'http', version: '0.2.12', work: 1 },
      { name: 'http', version: '1.1.0', work: 2 },
      { name: 'old-client', work: 1, needs: [0] },
      { name: 'server', work: 1, needs: [1] },
      { name: 'app', target: 'bin "app"', work: 1, needs: [2, 3], member: true },
    ]),
  ).toMatchInlineSnapshot(`
    "duplicate-version: http 0.2.12 and 1.1.0: 1 s, 0 s sooner
        0.2.12 by old-client; 1.1.0 by server
    0 small of 0 s"
  `);
});

test('a build script with what only it needs, and debug info', () => {
  expect(
    told([
      { name: 'cc', work: 2, debuginfo: '2' },
      { name: 'sys', target: 'build script', work: 1, needs: [0] },
      { name: 'sys', target: 'build script (run)', work: 6, needs: [1] },
      { name: 'sys', work: 1, needs: [2], debuginfo: '2' },
      { name: 'tiny', target: 'proc-macro', work: 0.01 },
      { name: 'app', target: 'bin "app"', work: 3, needs: [3, 4], member: true, debuginfo: '2' },
    ]),
  ).toMatchInlineSnapshot(`
    "build-script: sys 1.0.0: 9 s, 9 s sooner
        3 units that only it needs, itself included; it ran for 6.00 s
    debug-info: debug info of 2 units of dependencies: 1.5 s, ? s sooner
        debug = 2 in their profile; the seconds are all of their code generation, of which it is a part
    1 small of 0.01 s"
  `);
});

test('a copy that the other is made with cannot be spared by simulation, and says so', () => {
  expect(
    told([
      { name: 'memchr', work: 1, platform: 'host' },
      { name: 'memchr', target: 'build script', work: 1, needs: [0] },
      { name: 'memchr', target: 'build script (run)', work: 1, needs: [1] },
      { name: 'memchr', work: 2, needs: [2] },
      { name: 'app', target: 'bin "app"', work: 1, needs: [3], member: true },
    ]),
  ).toMatchInlineSnapshot(`
    "build-script: memchr 1.0.0: 3 s, 3 s sooner
        3 units that only it needs, itself included; it ran for 1.00 s
    built-twice: memchr 1.0.0 lib: 1 s, ? s sooner
        for host by memchr's build script; for the host by app
    0 small of 0 s"
  `);
});

const commands = [
  'cargo check --workspace --all-targets',
  'cargo check --workspace --all-targets --all-features',
];
const proof = (more: Partial<Proof>): Proof => ({
  ...{ kind: 'dependency', member: 'app 0.1.0', section: 'dependencies', name: 'log', feature: null },
  ...{ package: 'log 1.0.0', outcome: 'compiles', why: '', commands, together: true, gone: [] },
  ...more,
});

test('what the workspace compiles without, however little it costs; what is needed or not known is no waste', () => {
  const units = [
    { name: 'itoa', work: 1 },
    { name: 'json', work: 3, needs: [0] },
    { name: 'app', target: 'bin "app"', work: 1, needs: [1], member: true },
  ];
  const gone = ['itoa@1.0.0 itoa lib build ', 'json@1.0.0 json lib build '];
  expect(
    told(units, [
      proof({}),
      proof({ name: 'json', gone }),
      proof({ kind: 'feature', name: 'json', feature: 'default', gone: gone.slice(0, 1) }),
      proof({ name: 'used', outcome: 'needed', why: 'error: unresolved import', commands: [] }),
      proof({ name: 'winapi', outcome: 'unknown', why: 'it is of some platforms only', commands: [] }),
    ]),
  ).toMatchInlineSnapshot(`
    "unused-dependency: json in app 0.1.0: 4 s, 3.5 s sooner, compiled
        without it \`cargo check --workspace --all-targets\` compiles, and with --all-features; no code and no text names it ([dependencies])
    compiles-without: feature default of json in app 0.1.0: 1 s, 0.5 s sooner, compiled
        without it \`cargo check --workspace --all-targets\` compiles, and with --all-features; what it does at run time and on other platforms is not proved
    unused-dependency: log in app 0.1.0: 0 s, 0 s sooner, compiled
        without it \`cargo check --workspace --all-targets\` compiles, and with --all-features; no code and no text names it ([dependencies])
    0 small of 0 s"
  `);
});

test('what another command builds again, and which features are the reason', () => {
  const drafts: readonly Draft[] = [
    { name: 'syn', work: 4, features: ['derive', 'full'] },
    { name: 'derive', target: 'proc-macro', work: 2, needs: [0] },
    { name: 'log', work: 1 },
    { name: 'app', target: 'bin "app"', work: 1, needs: [1, 2], member: true },
  ];
  const planOf = (changed: readonly Draft[]) => ({
    units: changed.map((draft, index) => planned(draft, index).planned!),
    roots: [],
  });
  const alone = drafts.map(draft => (draft.name === 'syn' ? { ...draft, features: ['derive'] } : draft));
  expect(
    told(
      drafts,
      [],
      new Map([
        ['build -p app', planOf(alone)],
        ['test', planOf(drafts)],
      ]),
    ),
  ).toMatchInlineSnapshot(`
    "proc-macro: derive 1.0.0: 6 s, 5 s sooner
        2 units that only it needs, itself included
    built-twice: 3 units again in \`cargo build -p app\`: 7 s, ? s sooner
        syn without full; and what is above them
    0 small of 0 s"
  `);
});
