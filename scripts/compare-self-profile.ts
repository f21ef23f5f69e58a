/**
 * Holds Assay's sums of rustc self-profiles against those of measureme's `summarize`, and its time against its time:
 *
 *     npm run compare:self-profile -- SUMMARIZE PROFILE…
 *
 * SUMMARIZE is the program (`cargo build --release -p summarize` in a clone of rust-lang/measureme), each PROFILE an
 * `.mm_profdata`. Each is read three times by both in turn, each time in a process of its own; times are medians of the
 * whole process. Exit 1 where a sum differs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { build } from 'vite';
import type { Problem } from '#base/parsed.ts';
import type { SelfProfile } from '#model/self-profile.ts';
import { differences, type SummarizeOutput } from './self-profile/summarize-output.ts';

const [summarize, ...profiles] = process.argv.slice(2);
if (summarize === undefined || profiles.length === 0) {
  console.error('usage: npm run compare:self-profile -- SUMMARIZE PROFILE…');
  process.exit(2);
}
const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'assay-self-profile-'));
const runs = 3;

try {
  const reader = await builtReader();
  const rows = [
    ['profile', 'MB', 'events', 'labels', 'sums', 'Assay s', 'summarize s', 'Assay MiB', 'summarize MiB'],
  ];
  for (const profile of profiles) rows.push(compare(resolve(profile), reader));
  const [head, ...body] = rows.map(row => `| ${row.join(' | ')} |`);
  console.log([head, `|${' --- |'.repeat(rows[0]!.length)}`, ...body].join('\n'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Bundled, so that no translation of TypeScript is timed. */
async function builtReader(): Promise<string> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'scripts/self-profile/read-one.ts',
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'read-one.mjs' } },
    },
  });
  return join(folder, 'read-one.mjs');
}

function compare(profile: string, reader: string): string[] {
  // summarize writes its output beside the profile.
  const link = join(folder, basename(profile));
  symlinkSync(profile, link);
  const ours: number[] = [];
  const theirs: number[] = [];
  let ourText = '';
  let theirPeakMib: string = '–';
  for (let run = 0; run < runs; run++) {
    const assay = timed(process.execPath, [reader, profile]);
    ourText = assay.stdout;
    ours.push(assay.seconds);
    const other = timed(summarize!, ['summarize', '--json', link]);
    theirs.push(other.seconds);
  }
  const measured = spawnSync('/usr/bin/time', ['-f', '%M', summarize!, 'summarize', '--json', link], {
    encoding: 'utf8',
  });
  const kib = /^(\d+)$/m.exec(measured.stderr ?? '')?.[1];
  if (kib !== undefined) theirPeakMib = (Number(kib) / 1024).toFixed(0);
  const { value, problems, peakMib } = JSON.parse(ourText) as {
    value: SelfProfile | null;
    problems: Problem[];
    peakMib: number;
  };
  const name = basename(profile);
  if (value === null) {
    process.exitCode = 1;
    return [name, '', '', '', problems.map(({ what }) => what).join('; '), '', '', '', ''];
  }
  const output = JSON.parse(readFileSync(link.replace(/\.mm_profdata$/, '.json'), 'utf8')) as SummarizeOutput;
  const different = differences(value, output);
  if (different.length > 0) {
    process.exitCode = 1;
    console.error(`${name}:\n  ${different.slice(0, 20).join('\n  ')}`);
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(2);
  return [
    name,
    (statSync(profile).size / 1e6).toFixed(1),
    String(value.eventCount),
    String(value.activities.length),
    different.length === 0 ? 'equal' : `${different.length} differ`,
    median(ours),
    median(theirs),
    peakMib.toFixed(0),
    theirPeakMib,
  ];
}

function timed(
  program: string,
  args: readonly string[],
): { readonly stdout: string; readonly seconds: number } {
  const startedMs = performance.now();
  const run = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const seconds = (performance.now() - startedMs) / 1000;
  if (run.status !== 0) throw new Error(`${program} ended with ${run.status ?? run.signal}: ${run.stderr}`);
  return { stdout: run.stdout, seconds };
}
