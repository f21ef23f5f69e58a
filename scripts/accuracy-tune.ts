/**
 * How right the verdicts of `assay tune` are:
 *
 *     npm run accuracy:tune [-- --runs 100]
 *
 * On a small workspace without dependencies the whole procedure is run again and again with a setting of dependencies: it can do
 * nothing, and every word but "within the noise" is wrong. Then with a compiler that is slower by a planted share under a
 * setting: it shall be called slower, and not be among the best. Writes the table of docs/accuracy.md. Exit 1 beyond the bar: 5 of
 * 100. The machine must have nothing else to do.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from '#model/report.ts';
import { calibrationCrate } from '#toolchain/calibration-crate.ts';
import { withTables } from './accuracy-tables.ts';

const root = resolve(import.meta.dirname, '..');
const docFile = join(root, 'docs/accuracy.md');
const { values } = parseArgs({ options: { runs: { type: 'string' } } });
const runs = Number(values.runs ?? 100);
const wrongShareMax = 0.05;

const scratch = mkdtempSync(join(tmpdir(), 'assay-accuracy-tune-'));
try {
  const control = countVerdicts('dependencies-codegen-units', null);
  const planted = [1.05, 1.1].map(factor => ({
    factor,
    counts: countVerdicts('split-debuginfo-unpacked', factor),
  }));
  const rows = [
    row('a setting that does nothing', runs, control),
    ...planted.map(({ factor, counts }) =>
      row(`a compiler ${factor} times as slow under the setting`, runs, counts),
    ),
  ];
  const table = `| what | runs | faster | slower | offered as the best |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`;
  writeFileSync(docFile, withTables(readFileSync(docFile, 'utf8'), { tuning: table }));
  console.log(table);
  const wrong = control.faster + control.slower;
  if (wrong > wrongShareMax * runs || planted.some(({ counts }) => counts.best > 0)) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

interface Counts {
  faster: number;
  slower: number;
  best: number;
}

/** `factor`: how much longer rustc takes where the setting holds; null: as it is. Runs in which any scenario has the verdict. */
function countVerdicts(setting: string, factor: number | null): Counts {
  const folder = workspace(factor);
  const counts: Counts = { faster: 0, slower: 0, best: 0 };
  for (let run = 0; run < runs; run++) {
    const args = ['tune', folder, '-q', '--again', '--try', setting, '--keep', 'nothing', '--budget', '40s'];
    const scenarios = ['--scenario', 'clean', '--scenario', 'check', '--scenario', 'edit:src/lib.rs'];
    const result = spawnSync(
      process.execPath,
      [join(root, 'bin/assay.js'), ...args, ...scenarios, '--format', 'json'],
      { encoding: 'utf8', cwd: folder },
    );
    if (result.status !== 0) throw new Error(`assay tune failed\n${result.stderr}`);
    const { tune } = JSON.parse(result.stdout) as Report;
    const verdicts = tune!.trials.map(({ verdict }) => verdict);
    if (verdicts.includes('faster')) counts.faster++;
    else if (verdicts.includes('slower')) counts.slower++;
    if (tune!.best !== undefined) counts.best++;
    console.error(`${setting}, run ${run + 1} of ${runs}: ${JSON.stringify(tune!.trials)}`);
  }
  return counts;
}

function workspace(factor: number | null): string {
  const folder = join(scratch, factor === null ? 'plain' : `planted-${factor}`);
  mkdirSync(join(folder, 'src'), { recursive: true });
  mkdirSync(join(folder, '.cargo'));
  writeFileSync(
    join(folder, 'Cargo.toml'),
    '[package]\nname = "orchard"\nversion = "0.1.0"\nedition = "2021"\n',
  );
  writeFileSync(join(folder, 'src/lib.rs'), `${calibrationCrate(6)}\npub fn core() -> u32 {\n    1\n}\n`);
  if (factor === null) return folder;
  // It takes the time that rustc took, and a share of it more.
  const script = `#!/bin/bash
start=$EPOCHREALTIME
"$@"
code=$?
case "$*" in *split-debuginfo=unpacked*)
  took=$(( \${EPOCHREALTIME/./} - \${start/./} ))
  more=$(( took * ${Math.round((factor - 1) * 1000)} / 1000 ))
  sleep "$(printf '%d.%06d' $((more / 1000000)) $((more % 1000000)))" ;;
esac
exit $code
`;
  writeFileSync(join(folder, 'slow-rustc.sh'), script);
  chmodSync(join(folder, 'slow-rustc.sh'), 0o755);
  writeFileSync(join(folder, '.cargo/config.toml'), '[build]\nrustc-wrapper = "./slow-rustc.sh"\n');
  return folder;
}

function row(what: string, count: number, { faster, slower, best }: Counts): string {
  return `| ${what} | ${count} | ${faster} | ${slower} | ${best} |\n`;
}
