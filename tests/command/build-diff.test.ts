import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { runAssay } from './run-assay.ts';
import { freshFolder, writeFiles } from './sample-workspace.ts';

const root = resolve(import.meta.dirname, '../..');
const recorded = (name: string): string =>
  gunzipSync(readFileSync(join(root, `tests/fixtures/build-diff/${name}.json.gz`))).toString();

/** A report of a build of two units, as much of it as is compared. */
function reportOf(wallSeconds: number, libSeconds: number, version = '0.1.0'): string {
  const unit = { mode: 'build', startSeconds: 0, critical: true, member: true, dependencies: [] };
  return JSON.stringify({
    schema: 'assay-report/1',
    workspace: { root: '.', members: [`shop ${version}`], rustc: '1.95.0', host: 'x86_64-unknown-linux-gnu' },
    build: {
      ...{ title: 'Build', summary: '', blocks: [], wallSeconds, jobs: 2, cores: 2 },
      units: [
        { ...unit, package: 'libc', version: '0.2.1', target: 'lib', durationSeconds: 1 },
        { ...unit, package: 'shop', version, target: 'lib', durationSeconds: libSeconds },
      ],
    },
  });
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = freshFolder();
  writeFiles(folder, files);
  return folder;
}

async function transcript(args: readonly string[], cwd: string): Promise<string> {
  const run = await runAssay(['build', 'diff', ...args], { cwd });
  return `exit ${run.exitCode}\n${run.stdout}${run.stderr}`.replaceAll(cwd, '<ws>').trimEnd();
}

test('the help says all that can be given', async () => {
  const { stdout } = await runAssay(['build', 'diff', '--help'], { cwd: freshFolder() });
  expect(`\n${stdout}`).toMatchInlineSnapshot(`
    "
    Compares JSON reports of \`cargo assay build\`, made before and after a change: wall time, CPU time, critical path, floor,
    and each unit (matched by package, target and mode). Of several files the first is before the change, all others after it.

    Several reports of one side measure the noise: a difference is told where the ranges of the two sides do not overlap.
    A run is a build in an empty target directory: use a new --target-dir for each, and take the sides in turn.

    Usage: cargo assay build diff [FLAGS] BEFORE AFTER…
           cargo assay build diff [FLAGS] --before FILE… --after FILE…

    Reports:
          --before FILE             A report of a build before the change; several measure the noise
          --after FILE              A report of a build after it

    Comparison:
          --format FORMAT           text, json or markdown [default: by FILE’s extension, else text]
      -o, --output FILE             Write the comparison to FILE
          --fail-on-slower PERCENT  Exit with 1 where the wall time is slower by more, beyond the noise

    Common:
      -q, --quiet                   One line: the wall time
      -v, --verbose                 Every unit
          --color WHEN              auto, always or never [default: auto]
      -h, --help                    Print this help

    Examples:
      cargo assay build diff before.json after.json
      cargo assay build diff --before a1.json --before a2.json --before a3.json \\
          --after b1.json --after b2.json --after b3.json --fail-on-slower 5
      cargo assay build diff main.json branch.json --format markdown -o comment.md

    Exit codes: 0 compared, 1 slower than --fail-on-slower allows, 2 the request was wrong or a file is no report of a build.
    "
  `);
  expect((await runAssay(['help', 'build', 'diff'], { cwd: freshFolder() })).stdout).toBe(stdout);
});

test('two reports, and three with the first before the change', async () => {
  const folder = folderOf({
    'a.json': reportOf(10, 8),
    'b.json': reportOf(12, 10, '0.2.0'),
    'c.json': reportOf(12.5, 10.4, '0.2.0'),
  });
  expect(await transcript(['a.json', 'b.json'], folder)).toMatchInlineSnapshot(`
    "exit 0
    Build, before and after
      Wall time 10.0 s before, 12.0 s after: 2.00 s (20.0 %) slower, if the noise is what is assumed
      below.

      The build
                 before   after   change      %  verdict
      wall time  10.0 s  12.0 s  +2.00 s  +20.0  slower

      Slower units
      unit                     before   after   change      %  most of it in  critical path
      shop 0.1.0 -> 0.2.0 lib  8.00 s  10.0 s  +2.00 s  +25.0  –              before and after

      Both sides ran 2 units: 1 slower, 0 faster, 1 not told from noise. 0 added, 0 removed.
      Noise: single run each: differences below max(0.1 s, 5 %) are not told from noise. Give several
      reports of each side with --before and --after to measure the noise.
      Before: a.json
      After: b.json"
  `);
  expect(await transcript(['a.json', 'b.json', 'c.json', '-q'], folder)).toMatchInlineSnapshot(`
    "exit 0
    Wall time 10.0 s before, 12.3 s after: 2.25 s (22.5 %) slower, if the noise is what is assumed below."
  `);
});

test('--fail-on-slower fails beyond the percentage and beyond the noise, and not otherwise', async () => {
  const folder = folderOf({
    'a1.json': reportOf(10, 8),
    'a2.json': reportOf(11, 9),
    'b1.json': reportOf(12, 10),
    'b2.json': reportOf(12.2, 10),
    'noisy.json': reportOf(10.5, 10),
  });
  const sides = ['--before', 'a1.json', '--before', 'a2.json', '--after', 'b1.json'];
  const cases: readonly (readonly string[])[] = [
    [...sides, '--after', 'b2.json', '--fail-on-slower', '10'],
    [...sides, '--after', 'b2.json', '--fail-on-slower', '20%'],
    [...sides, '--after', 'noisy.json', '--fail-on-slower', '5'],
    ['b1.json', 'a1.json', '--fail-on-slower', '0'],
    ['a1.json', 'b1.json', '--fail-on-slower', '19'],
  ];
  const lines: string[] = [];
  for (const args of cases) lines.push(`${args.join(' ')}\n  ${await transcript([...args, '-q'], folder)}`);
  expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
    "
    --before a1.json --before a2.json --after b1.json --after b2.json --fail-on-slower 10
      exit 1
    Wall time 10.5 s before, 12.1 s after: 1.60 s (15.2 %) slower, beyond the spread of the runs.
    --before a1.json --before a2.json --after b1.json --after b2.json --fail-on-slower 20%
      exit 0
    Wall time 10.5 s before, 12.1 s after: 1.60 s (15.2 %) slower, beyond the spread of the runs.
    --before a1.json --before a2.json --after b1.json --after noisy.json --fail-on-slower 5
      exit 0
    Wall time 10.5 s before, 11.3 s after: not told from noise.
    b1.json a1.json --fail-on-slower 0
      exit 0
    Wall time 12.0 s before, 10.0 s after: 2.00 s (16.7 %) faster, if the noise is what is assumed below.
    a1.json b1.json --fail-on-slower 19
      exit 1
    Wall time 10.0 s before, 12.0 s after: 2.00 s (20.0 %) slower, if the noise is what is assumed below."
  `);
});

test('JSON as its schema says, of real reports; Markdown by the name of the file', async () => {
  const folder = folderOf({
    'a.json': recorded('bore-cli-0.5.3-run-1'),
    'b.json': recorded('bore-cli-0.6.0-run-1'),
  });
  const run = await runAssay(['build', 'diff', 'a.json', 'b.json', '--format', 'json'], { cwd: folder });
  const schema = JSON.parse(readFileSync(join(root, 'schema/assay-build-diff-1.json'), 'utf8'));
  const validate = new Ajv2020({ strict: true }).compile(schema);
  expect(validate(JSON.parse(run.stdout)), JSON.stringify(validate.errors)).toBe(true);
  await runAssay(['build', 'diff', 'a.json', 'b.json', '-o', 'd.json'], { cwd: folder });
  expect(readFileSync(join(folder, 'd.json'), 'utf8')).toBe(run.stdout);
  await runAssay(['build', 'diff', 'a.json', 'b.json', '-o', 'd.md'], { cwd: folder });
  expect(readFileSync(join(folder, 'd.md'), 'utf8')).toMatch(/^## Assay: build, before and after\n/);
});

test('requests that are wrong: exit 2', async () => {
  const folder = folderOf({
    'good.json': reportOf(1, 1),
    'text.json': 'Finished in 3 s',
    'other.json': '{"schema":"assay-build-diff/1"}',
    'async.json': '{"schema":"assay-report/1","async":{}}',
  });
  const cases: readonly (readonly string[])[] = [
    [],
    ['good.json'],
    ['--before', 'good.json'],
    ['good.json', '--after', 'good.json'],
    ['good.json', 'missing.json'],
    ['good.json', 'text.json'],
    ['good.json', 'other.json'],
    ['async.json', 'good.json'],
    ['good.json', 'good.json', '--fail-on-slower', 'much'],
    ['good.json', 'good.json', '--fail-on-slow', '5'],
    ['good.json', 'good.json', '--format', 'html'],
  ];
  const lines: string[] = [];
  for (const args of cases) {
    const said = await transcript(args, folder);
    expect(said).toContain('For the flags, try `cargo assay --help`.');
    lines.push(`diff ${args.join(' ')}\n  ${said.split('\n\n')[0]!.replaceAll('\n', '\n  ')}`);
  }
  expect(`\n${lines.join('\n')}`).toMatchInlineSnapshot(`
    "
    diff 
      exit 2
      error: \`assay build diff\` needs two reports
        help: \`cargo assay build --format json -o before.json\` writes one; a folder named \`diff\` is \`./diff\`
    diff good.json
      exit 2
      error: \`assay build diff\` needs two reports
        help: \`cargo assay build --format json -o before.json\` writes one; a folder named \`diff\` is \`./diff\`
    diff --before good.json
      exit 2
      error: no report is given with \`--after\`
        help: \`cargo assay build --format json -o before.json\` writes one; a folder named \`diff\` is \`./diff\`
    diff good.json --after good.json
      exit 2
      error: \`good.json\` is on no side
        help: with --before and --after every report is named by one of them
    diff good.json missing.json
      exit 2
      error: cannot read \`missing.json\`: no such file
    diff good.json text.json
      exit 2
      error: cannot compare \`text.json\`: it is not a JSON object
        help: \`cargo assay build --format json -o FILE\` writes a report that can be compared
    diff good.json other.json
      exit 2
      error: cannot compare \`other.json\`: its schema is \`assay-build-diff/1\`, not \`assay-report/1\`
        help: \`cargo assay build --format json -o FILE\` writes a report that can be compared
    diff async.json good.json
      exit 2
      error: cannot compare \`async.json\`: it has no build section
        help: \`cargo assay build --format json -o FILE\` writes a report that can be compared
    diff good.json good.json --fail-on-slower much
      exit 2
      error: \`--fail-on-slower much\`: expected a number of percent
    diff good.json good.json --fail-on-slow 5
      exit 2
      error: unexpected argument \`--fail-on-slow\`
        help: did you mean \`--fail-on-slower\`?
    diff good.json good.json --format html
      exit 2
      error: \`--format html\`: expected text, json, markdown"
  `);
});

test('a folder named `diff` is still a path as `./diff`', async () => {
  const folder = folderOf({ 'diff/README': '' });
  const run = await runAssay(['build', './diff', '-q'], { cwd: folder });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('no Cargo.toml');
});
