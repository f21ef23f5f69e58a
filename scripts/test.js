// `npm test`: installs what is missing, then every check, one calm line each; the last line is `N passed, N failed`.
// `npm run test:real`: the tests that need the crate registry and more time.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, root, run } from './prepare.js';

const real = process.argv.includes('--real');
let passed = 0;
let failed = 0;
const skips = [];

install();
const scratch = mkdtempSync(join(tmpdir(), 'assay-checks-'));
try {
  if (real) {
    check('build', build);
    suite('real crates', ['run', '--config', 'vitest.real.config.ts']);
  } else {
    check('types', () => run('npx', ['tsc', '--noEmit']));
    check('format and lint (Biome)', () => run('npx', ['biome', 'check', '.', '--error-on-warnings']));
    check('generated files', () => run('npx', ['tsx', 'scripts/generate.ts', '--check']));
    check('borders between rooms', () => run('npx', ['tsx', 'scripts/check-borders.ts']));
    check('unused files and exports (knip)', () => run('npx', ['knip', '--no-progress']));
    check('build', build);
    suite('unit', ['run', '--project', 'unit']);
    suite('command', ['run', '--project', 'command']);
    suite('browser', ['run', '--project', 'browser']);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

if (skips.length > 0) {
  console.log(`\nskipped:\n${skips.map(line => `  ${line}`).join('\n')}`);
  if (process.env.CI === 'true') {
    console.log('in CI a skip is a failure');
    failed += skips.length;
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function check(name, body) {
  const started = Date.now();
  const { status, output } = body();
  if (status === 0) passed += 1;
  else failed += 1;
  line(name, started, status === 0 ? 'ok' : 'FAILED');
  if (status !== 0) console.log(indent(output));
}

/** A vitest run; its tests are counted one by one, and a run that executed none is a failure. */
function suite(name, args) {
  const started = Date.now();
  const file = join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const { output } = run('npx', [
    'vitest',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  let result;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    failed += 1;
    line(name, started, 'FAILED: no result');
    console.log(indent(output));
    return;
  }
  for (const tested of result.testResults) {
    for (const assertion of tested.assertionResults) {
      if (assertion.status === 'pending' || assertion.status === 'skipped')
        skips.push(`${assertion.fullName}`);
    }
  }
  const brokenFiles = result.testResults.filter(
    tested => tested.status === 'failed' && tested.assertionResults.length === 0,
  ).length;
  passed += result.numPassedTests;
  const failures = result.numFailedTests + brokenFiles + (result.numTotalTests === 0 ? 1 : 0);
  failed += failures;
  line(
    name,
    started,
    failures === 0 ? `${result.numPassedTests} ok` : `${failures} FAILED, ${result.numPassedTests} ok`,
  );
  if (failures > 0) console.log(indent(output));
}

function line(name, started, verdict) {
  console.log(
    `${name.padEnd(34)}${`${((Date.now() - started) / 1000).toFixed(1)} s`.padStart(9)}  ${verdict}`,
  );
}

function indent(text) {
  return text
    .replaceAll(root, '.')
    .split('\n')
    .map(row => `    ${row}`)
    .join('\n');
}
