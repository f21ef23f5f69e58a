import { expect, test } from 'vitest';
import type { TuneBlock } from '#model/tune.ts';
import { randomFrom } from '../schedule/plan.ts';
import { applyEdits, type Candidate, candidatesAmong, kindOf } from './candidates.ts';
import { nextStep } from './plan-experiment.ts';
import { keptByDefault, type TuneHost } from './setting.ts';
import { settings } from './settings/registry.generated.ts';

const host: TuneHost = {
  triple: 'x86_64-unknown-linux-gnu',
  cores: 2,
  nightly: false,
  programs: new Set(['mold']),
  backends: new Set(),
  rustflags: 'target',
};
const scenarios = ['clean', 'check', 'edit:src/lib.rs'];
const none = { manifest: '', config: '' };

function candidatesWith(names: readonly string[]): readonly Candidate[] {
  const wanted = settings.filter(({ name }) => names.includes(name));
  return candidatesAmong(wanted, host, [], scenarios, none).candidates;
}

/** Runs an experiment on a made-up machine; `factors`: the time with a setting in a kind of scenario, by `name kind`. */
function run(
  candidates: readonly Candidate[],
  factors: Readonly<Record<string, number>>,
  budgetSeconds: number,
  seed = 7,
  noise = 0.005,
) {
  const random = randomFrom(seed * 7919);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const seconds: Record<string, number> = { clean: 20, check: 10, edit: 1 };
  const blocks: TuneBlock[] = [];
  const said: string[] = [];
  for (let count = 0; count < 200; count++) {
    const step = nextStep({ scenarios, candidates, budgetSeconds }, blocks);
    if (step.kind === 'done') {
      said.push(`best: ${step.best?.join(' + ') ?? 'today'}${step.outOfBudget ? ', out of budget' : ''}`);
      return { said, blocks };
    }
    const kind = kindOf(step.scenario);
    const today = () => seconds[kind]! * Math.exp(noise * normal());
    const factor = step.settings.reduce((product, name) => product * (factors[`${name} ${kind}`] ?? 1), 1);
    const times = Array.from({ length: step.pairs }, () => ({ a: today(), b: factor * today() }));
    const spentSeconds = times.reduce((sum, { a, b }) => sum + a + b, 0);
    const failure = Number.isNaN(factor) ? 'error: no such linker' : null;
    blocks.push({
      ...{ settings: step.settings, scenario: step.scenario, purpose: step.purpose, first: 'today' },
      today: failure === null ? times.map(({ a }) => a) : [],
      changed: failure === null ? times.map(({ b }) => b) : [],
      ...{ otherCores: null, spentSeconds: failure === null ? spentSeconds : 1, failure },
    });
    const what = step.settings.join(' + ') || 'today';
    said.push(`${step.purpose}: ${what}, ${step.scenario}, ${step.pairs}`);
  }
  throw new Error('no end');
}

test('a control, one pair of each, two of the better half, and the winners as a whole', () => {
  const { said } = run(
    candidatesWith(['debug-none', 'linker-mold', 'dependencies-codegen-units', 'build-override-opt-3']),
    {
      'debug-none clean': 0.8,
      'debug-none edit': 0.7,
      'linker-mold edit': 0.9,
      'build-override-opt-3 clean': 1.4,
    },
    3600,
  );
  expect(said.join('\n')).toMatchInlineSnapshot(`
    "control: today, clean, 2
    control: today, check, 2
    control: today, edit:src/lib.rs, 4
    screening: debug-none, clean, 1
    screening: debug-none, edit:src/lib.rs, 4
    screening: dependencies-codegen-units, clean, 1
    screening: dependencies-codegen-units, edit:src/lib.rs, 4
    screening: linker-mold, clean, 1
    screening: linker-mold, check, 1
    screening: linker-mold, edit:src/lib.rs, 4
    screening: build-override-opt-3, clean, 1
    screening: debug-none, clean, 1
    screening: debug-none, edit:src/lib.rs, 4
    screening: linker-mold, clean, 1
    screening: linker-mold, check, 1
    screening: linker-mold, edit:src/lib.rs, 4
    combination: debug-none + linker-mold, clean, 2
    combination: debug-none + linker-mold, check, 2
    combination: debug-none + linker-mold, edit:src/lib.rs, 4
    combination: debug-none + linker-mold, clean, 2
    control: today, clean, 2
    combination: debug-none + linker-mold, check, 2
    control: today, check, 2
    combination: debug-none + linker-mold, clean, 2
    control: today, clean, 2
    combination: debug-none + linker-mold, check, 2
    control: today, check, 2
    combination: debug-none + linker-mold, edit:src/lib.rs, 4
    control: today, edit:src/lib.rs, 4
    best: debug-none + linker-mold"
  `);
});

test('a whole that is slower somewhere is measured again without its worst member', () => {
  const { said } = run(
    candidatesWith(['debug-none', 'linker-mold']),
    { 'debug-none clean': 0.8, 'linker-mold edit': 0.85, 'linker-mold check': 1.06 },
    3600,
  );
  expect(said.filter(line => /^(combination|best)/.test(line)).join('\n')).toMatchInlineSnapshot(`
    "combination: debug-none + linker-mold, clean, 2
    combination: debug-none + linker-mold, check, 2
    combination: debug-none + linker-mold, edit:src/lib.rs, 4
    combination: debug-none + linker-mold, clean, 2
    combination: debug-none + linker-mold, check, 2
    combination: debug-none + linker-mold, clean, 2
    combination: debug-none + linker-mold, check, 2
    combination: debug-none + linker-mold, edit:src/lib.rs, 4
    combination: debug-none, clean, 2
    combination: debug-none, edit:src/lib.rs, 4
    combination: debug-none, clean, 2
    combination: debug-none, clean, 2
    combination: debug-none, edit:src/lib.rs, 4
    best: debug-none"
  `);
});

test('a hundred experiments with settings that do nothing find nothing in 95', () => {
  const names = ['debug-none', 'linker-mold', 'panic-abort', 'dependencies-codegen-units'];
  const ends = Array.from(
    { length: 100 },
    (_, seed) =>
      run(candidatesWith([...names, 'build-override-opt-1']), {}, 1800, seed + 1, 0.03).said.at(-1)!,
  );
  const wrong = ends.filter(end => end !== 'best: today');
  expect(wrong.length).toBeLessThanOrEqual(5);
  expect(wrong).toMatchInlineSnapshot(`[]`);
});

test('what fails is tried once', () => {
  const { said } = run(candidatesWith(['linker-mold']), { 'linker-mold clean': Number.NaN }, 3600);
  expect(said.filter(line => !line.startsWith('control')).join('\n')).toMatchInlineSnapshot(`
    "screening: linker-mold, clean, 1
    best: today"
  `);
});

test('the budget is exceeded by the step in flight and the last pairs of a verdict', () => {
  const table = [60, 300, 600, 1200].map(budget => {
    const { said, blocks } = run(
      candidatesWith(['debug-none', 'linker-mold', 'panic-abort', 'build-override-opt-1']),
      { 'debug-none clean': 0.8 },
      budget,
    );
    const spent = blocks.reduce((sum, { spentSeconds }) => sum + spentSeconds, 0);
    return `${budget} s: ${blocks.length} blocks in ${spent.toFixed(0)} s, ${said.at(-1)}`;
  });
  expect(table).toMatchInlineSnapshot(`
    [
      "60 s: 3 blocks in 128 s, best: today, out of budget",
      "300 s: 3 blocks in 128 s, best: today, out of budget",
      "600 s: 17 blocks in 556 s, best: debug-none, out of budget",
      "1200 s: 23 blocks in 800 s, best: debug-none",
    ]
  `);
});

test('flags for rustc go where the user’s are, for another place would replace them', () => {
  const rows = (['target', 'build', 'environment', 'unclear'] as const).map(rustflags => {
    const config = '[build]\nrustflags = ["-g"]\n';
    const mold = settings.filter(({ name }) => name === 'linker-mold');
    const files = { ...none, config };
    const { candidates, notTried } = candidatesAmong(mold, { ...host, rustflags }, [], ['clean'], files);
    const applied = candidates.map(({ edits }) => applyEdits(files, edits));
    return `${rustflags}: ${notTried[0]?.why ?? JSON.stringify(applied)}`;
  });
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "target: [{"manifest":"","config":"[build]\\nrustflags = [\\"-g\\"]\\n\\n[target.x86_64-unknown-linux-gnu]\\nrustflags = [\\"-Clink-arg=-fuse-ld=mold\\"]\\n"}]
    build: [{"manifest":"","config":"[build]\\nrustflags = [\\"-g\\", \\"-Clink-arg=-fuse-ld=mold\\"]\\n"}]
    environment: RUSTFLAGS is set in the environment, and .cargo/config.toml is not asked for flags
    unclear: flags are in [build] and in [target.'cfg(…)'] of .cargo/config.toml, and one replaces the other"
  `);
});

test('why a setting is not tried', () => {
  const manifest = '[profile.dev]\nincremental = false\n[profile.dev.build-override]\nopt-level = 1\n';
  const { candidates, notTried } = candidatesAmong(settings, host, keptByDefault, ['check'], {
    ...none,
    manifest,
  });
  const lines = [
    ...candidates.map(({ setting }) => `${setting.name}: tried`),
    ...notTried.map(({ setting, why }) => `${setting.name}: ${why}`),
  ];
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "linker-mold: tried
    build-override-opt-3: tried
    build-override-opt-1: it is so today
    cranelift: it costs stable-toolchain, and --keep protects that
    debug-line-tables: it costs debuginfo, and --keep protects that
    debug-none: it costs debuginfo and backtraces, and --keep protects that
    dependencies-codegen-units: none of the scenarios depends on it
    dependencies-debug-line-tables: none of the scenarios depends on it
    dependencies-debug-none: it costs backtraces, and --keep protects that
    incremental-off: it is so today
    linker-lld: it needs another host: here rustc brings its own lld, and uses it
    linker-wild: it needs wild in the search path
    panic-abort: it costs unwinding, and --keep protects that
    split-debuginfo-unpacked: none of the scenarios depends on it
    threads: it costs stable-toolchain, and --keep protects that"
  `);
});
