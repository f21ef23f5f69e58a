/**
 * Where the times of a build come from, best first: cargo's `-Zbuild-analysis` log, its `--timings` page, the wrapper's
 * marks. `ASSAY_EVENTS=timings-html` or `wrapper` forces a fallback, for tests and for a cargo that misbehaves.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RustcRun } from './pass-marks.ts';
import { rustcArguments } from './pass-marks.ts';
import type { Preparation } from './preparation.ts';
import { privateHomePath } from './preparation.ts';
import { channelOverride } from './probe.ts';
import type { ScriptRun } from './script-watch.ts';

export interface EventsPlan {
  readonly source: 'build-analysis' | 'timings-html' | 'wrapper';
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly sectionTimings: boolean;
}

export function planEvents(
  preparation: Preparation,
  pass: 'check' | 'build',
  wrapperActs: boolean,
  env: NodeJS.ProcessEnv,
): EventsPlan {
  const forced = env.ASSAY_EVENTS;
  const has = (flag: string) =>
    preparation.mayUseUnstableCargo && preparation.capabilities.cargoFlags.includes(flag);
  if (forced === 'wrapper') return { source: 'wrapper', args: [], env: {}, sectionTimings: false };
  if (forced === 'timings-html' || !has('build-analysis')) {
    return { source: 'timings-html', args: ['--timings'], env: {}, sectionTimings: false };
  }
  // `cargo check` generates no code, so there are no sections to time. Without the wrapper stable rustc refuses to.
  const sectionTimings = pass === 'build' && wrapperActs && has('section-timings');
  return {
    source: 'build-analysis',
    args: [
      '-Zbuild-analysis',
      '--config',
      'build.analysis.enabled=true',
      ...(sectionTimings ? ['-Zsection-timings'] : []),
    ],
    env: preparation.toolchain.nightly ? {} : { [channelOverride]: 'nightly' },
    sectionTimings,
  };
}

/** Removes what earlier passes left, so that what is found afterwards is of this pass. */
export async function clearEvents(preparation: Preparation, cargoDir: string): Promise<void> {
  await rm(join(privateHomePath(preparation.assayDir), 'log'), { recursive: true, force: true });
  await rm(join(cargoDir, 'cargo-timings'), { recursive: true, force: true });
}

/**
 * Names and texts of parts: the planned source, or the next one that is there, and for a build the wrapper's marks, which alone
 * know what each process took. A check's are left out beside a better source: nobody reads them.
 */
export async function readEvents(
  preparation: Preparation,
  cargoDir: string,
  plan: EventsPlan,
  runs: readonly RustcRun[],
  scripts: readonly ScriptRun[],
  startedAtMs: number,
  pass: 'check' | 'build',
): Promise<readonly (readonly [name: string, text: string])[]> {
  const marks = async () =>
    [wrapperEventsPart, await wrapperEvents(preparation.facts.root, runs, startedAtMs)] as const;
  const folders: Readonly<Record<string, readonly [string, string, string]>> = {
    'build-analysis': ['build-events.jsonl', join(privateHomePath(preparation.assayDir), 'log'), '.jsonl'],
    'timings-html': ['timings.html', join(cargoDir, 'cargo-timings'), '.html'],
  };
  const place = folders[plan.source];
  if (place !== undefined) {
    const [name, folder, ending] = place;
    const files = (await readdir(folder).catch(() => [] as string[]))
      .filter(file => file.endsWith(ending))
      .sort();
    const last = files.at(-1);
    const text = last === undefined ? null : await readFile(join(folder, last), 'utf8').catch(() => null);
    await clearEvents(preparation, cargoDir);
    if (text !== null && text !== '') {
      const ofScripts: [string, string][] =
        scripts.length === 0 ? [] : [[scriptEventsPart, scriptEvents(scripts, startedAtMs)]];
      return pass === 'build' && runs.length > 0
        ? [[name, text], await marks(), ...ofScripts]
        : [[name, text]];
    }
  }
  return [await marks()];
}

const wrapperEventsPart = 'wrapper-events.jsonl';
const scriptEventsPart = 'script-events.jsonl';

/** One JSON object a line; times are seconds since cargo was started, `cpu` is that between the first and the last look. */
function scriptEvents(scripts: readonly ScriptRun[], startedAtMs: number): string {
  const seconds = (ms: number) => Math.max(0, Math.round(ms - startedAtMs) / 1000);
  return scripts
    .map(run => ({
      package: `${run.packageName} ${run.version}`,
      from: seconds(run.firstSeenMs),
      to: seconds(run.lastSeenMs),
      cpu: Math.round((run.cpuSeconds - run.firstCpuSeconds) * 100) / 100,
      looks: run.looks,
      divided: run.dividedLooks,
      ownJobs: run.ownJobs,
    }))
    .map(line => `${JSON.stringify(line)}\n`)
    .join('');
}

/** One JSON object a line; times are seconds since cargo was started. */
async function wrapperEvents(root: string, runs: readonly RustcRun[], startedAtMs: number): Promise<string> {
  const lines: string[] = [];
  const seconds = (ms: number | null) =>
    ms === null ? null : Math.max(0, Math.round(ms - startedAtMs) / 1000);
  for (const run of runs) {
    const call = rustcArguments(run.mark.args);
    const hasMetadata = call.emit.includes('metadata');
    const rmetaPath = resolve(root, call.outDir, `lib${run.key}.rmeta`);
    const rmeta = hasMetadata ? await stat(rmetaPath).catch(() => null) : null;
    lines.push(
      JSON.stringify({
        crate: run.mark.crateName,
        key: run.key,
        package: `${run.mark.packageName} ${run.mark.version}`,
        kind: call.test ? 'test' : (call.crateTypes[0] ?? 'unknown'),
        start: seconds(run.startedAtMs),
        end: seconds(run.endedAtMs),
        rmeta: seconds(rmeta?.mtimeMs ?? null),
        status: run.exitCode,
        cpu: run.cpuSeconds === null ? null : Math.round(run.cpuSeconds * 1000) / 1000,
        memory: run.peakMemoryBytes,
      }),
    );
  }
  return lines.map(line => `${line}\n`).join('');
}
