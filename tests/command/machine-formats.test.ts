import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runAssay } from './run-assay.ts';
import { freshFolder } from './sample-workspace.ts';

const shopEvidence = resolve(import.meta.dirname, '../../examples/shop.assay');
const shop = ['--from', shopEvidence, '--fail-on', 'never', '-q'];

/** What the simulator says has tests of its own. */
const withoutFloor = (text: string): string => text.replace(/(\bfloor|floor_seconds) [\d.]+/g, '$1 …');

test('one line for CI, of each verb', async () => {
  const lines: string[] = [];
  for (const verb of [['build'], ['async'], []]) {
    const run = await runAssay([...verb, ...shop, '--format', 'summary'], { cwd: freshFolder() });
    lines.push(`assay ${verb.join('')}: ${withoutFloor(run.stdout).trimEnd()}`);
  }
  expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    assay build: **build** 16.8 s wall, 31.1 s CPU, floor … s; longest: \`tokio 1.54.1 lib\` 3.52 s, \`syn 2.0.119 lib\` 2.49 s, \`clap_builder 4.6.7 lib\` 2.42 s
    assay async: **assay** 6 errors, 3 notes (1 suppressed); 5 unknowns
    assay : **build** 16.8 s wall, 31.1 s CPU, floor … s; longest: \`tokio 1.54.1 lib\` 3.52 s, \`syn 2.0.119 lib\` 2.49 s, \`clap_builder 4.6.7 lib\` 2.42 s · **assay** 6 errors, 3 notes (1 suppressed); 20 unknowns
    "
  `);
});

test('gauges, without those of single units; `.prom` names the format', async () => {
  const folder = freshFolder();
  expect((await runAssay([...shop, '-o', 'assay.prom'], { cwd: folder })).exitCode).toBe(0);
  const lines = withoutFloor(readFileSync(join(folder, 'assay.prom'), 'utf8')).split('\n');
  expect(lines.filter(line => !/^(#|assay_build_unit_)/.test(line)).join('\n')).toMatchInlineSnapshot(`
    "assay_build_wall_seconds 16.787
    assay_build_cpu_seconds 31.14
    assay_build_critical_path_seconds 2
    assay_build_floor_seconds …
    assay_build_units 82
    assay_findings{severity="error"} 6
    assay_findings{severity="warning"} 0
    assay_findings{severity="note"} 3
    assay_unknowns 20
    assay_failed_tools 0
    "
  `);
  expect(lines.filter(line => line.startsWith('assay_build_unit_seconds{')).length).toBeGreaterThan(50);
});

test('a trace has each unit once, and is of a build alone', async () => {
  const { stdout } = await runAssay(['build', ...shop, '--format', 'trace'], { cwd: freshFolder() });
  const { traceEvents } = JSON.parse(stdout) as { traceEvents: { ph: string; cat?: string }[] };
  expect(traceEvents.filter(event => event.ph === 'X' && event.cat !== 'phase')).toHaveLength(82);
  const speedscope = await runAssay(['build', ...shop, '--format', 'speedscope'], { cwd: freshFolder() });
  expect(JSON.parse(speedscope.stdout).profiles.map(({ name }: { name: string }) => name)).toEqual([
    'slot 1',
    'slot 2',
  ]);

  const refused = await runAssay(['async', ...shop, '--format', 'trace'], { cwd: freshFolder() });
  expect(`exit ${refused.exitCode}\n${refused.stderr}`).toMatchInlineSnapshot(`
    "exit 2
    error: \`assay async\` builds nothing: \`--format trace\` is of \`assay build\`

    For the flags, try \`cargo assay --help\`.
    "
  `);
});
