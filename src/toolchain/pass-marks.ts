/** Watches the wrapper's marks during a pass, and takes in what rustc was asked to leave: dumps, profiles. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { onlyFutures } from '#model/evidence.ts';
import { type DumpIntake, openDumpIntake } from './dump-intake.ts';
import { type MemoryWatch, watchMemory } from './memory-watch.ts';
import type { DescribedUnit, ProfileIntake } from './profile-intake.ts';
import { storeTypeSizes } from './type-sizes.ts';
import { fileStamp, parseDepInfo, type UnitStore } from './unit-store.ts';
import { parseEndMark, parseStartMark, type StartMark } from './wrapper.ts';

/** One rustc call of the pass. */
export interface RustcRun {
  readonly key: string;
  readonly mark: StartMark;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Null when it was killed. */
  readonly endedAtMs: number | null;
  readonly exitCode: number | null;
  /** User and system time of rustc and all that it waited for (a linker); null when it was killed. */
  readonly cpuSeconds: number | null;
  /** The most memory that rustc was seen to hold; null where it was too short to be seen, or there is no /proc. */
  readonly peakMemoryBytes: number | null;
}

export interface MarkWatch {
  /** Crates being compiled now, oldest first. */
  active(): readonly string[];
  /** One look at the marks; calls must not overlap. */
  look(): Promise<void>;
  /** The last look, after cargo has ended: everything is taken in or dropped. */
  finish(): Promise<readonly RustcRun[]>;
}

interface Watched {
  readonly key: string;
  readonly startedAtMs: number;
  readonly crateName: string;
  readonly intake: DumpIntake | null;
  readonly memory: MemoryWatch;
  run: RustcRun | null;
}

export function watchMarks(
  marksDir: string,
  workspaceRoot: string,
  store: UnitStore,
  recipe: string,
  narrow: ReadonlySet<string>,
  rewrite: { readonly text: (text: string) => string; readonly bytes: (text: Buffer) => Buffer },
  profiles: ProfileIntake | null,
): MarkWatch {
  const watchedByKey = new Map<string, Watched>();

  return {
    active: () =>
      [...watchedByKey.values()]
        .filter(unit => unit.run === null)
        .sort((a, b) => a.startedAtMs - b.startedAtMs)
        .map(unit => unit.crateName),
    look,
    async finish() {
      await look();
      for (const unit of watchedByKey.values()) {
        if (unit.run !== null) continue;
        await unit.intake?.discard();
        await profiles?.drop(unit.key);
        const mark = parseStartMark(await readFile(join(marksDir, `${unit.key}.start`), 'utf8'));
        if (mark === null) continue;
        const { key, startedAtMs } = unit;
        const peakMemoryBytes = unit.memory.peakBytes();
        unit.run = {
          key,
          mark,
          startedAtMs,
          endedAtMs: null,
          exitCode: null,
          cpuSeconds: null,
          peakMemoryBytes,
        };
      }
      await profiles?.finish();
      const runs = [...watchedByKey.values()].map(unit => unit.run).filter(run => run !== null);
      return runs.sort((a, b) => a.startedAtMs - b.startedAtMs || (a.key < b.key ? -1 : 1));
    },
  };

  async function look(): Promise<void> {
    const names = new Set(await readdir(marksDir));
    for (const name of names) {
      if (!name.endsWith('.start')) continue;
      const key = name.slice(0, -'.start'.length);
      const unit = watchedByKey.get(key) ?? (await begin(key));
      if (unit === null || unit.run !== null) continue;
      if (names.has(`${key}.end`)) await end(unit);
      else {
        unit.memory.look();
        await unit.intake?.takeFinished(Date.now());
      }
    }
  }

  async function begin(key: string): Promise<Watched | null> {
    const path = join(marksDir, `${key}.start`);
    const mark = parseStartMark(await readFile(path, 'utf8'));
    if (mark === null) return null;
    const unit: Watched = {
      key,
      startedAtMs: (await stat(path)).mtimeMs,
      crateName: mark.crateName,
      intake: mark.dumped ? openDumpIntake(join(marksDir, `${key}.dumps`), rewrite.bytes) : null,
      memory: watchMemory(mark.pid),
      run: null,
    };
    watchedByKey.set(key, unit);
    return unit;
  }

  async function end(unit: Watched): Promise<void> {
    const { key, startedAtMs } = unit;
    const endPath = join(marksDir, `${key}.end`);
    const ended = parseEndMark(await readFile(endPath, 'utf8'));
    const mark = parseStartMark(await readFile(join(marksDir, `${key}.start`), 'utf8'));
    // The end mark is written after the start mark, but its text may not be there yet.
    if (mark === null || ended === null) return;
    const endedAtMs = (await stat(endPath)).mtimeMs;
    unit.run = { key, mark, startedAtMs, endedAtMs, ...ended, peakMemoryBytes: unit.memory.peakBytes() };
    if (mark.profiled && profiles !== null) {
      if (unit.run.exitCode === 0) await profiles.add(await describe(key, mark));
      else await profiles.drop(key);
    }
    if (unit.intake === null) return;
    if (unit.run.exitCode !== 0) {
      await unit.intake.discard();
      await store.remove(key);
      return;
    }
    const folder = store.unitFolder(key);
    const stored = await unit.intake.store(folder);
    const unreadable = narrow.has(key) ? [onlyFutures, ...stored.unreadable] : stored.unreadable;
    const typeSizesBytes = await storeTypeSizes(join(marksDir, `${key}.sizes`), folder, rewrite.text);
    await store.save({
      ...(await describe(key, mark)),
      ...stored,
      unreadable,
      typeSizesBytes,
      summaryBytes: null,
    });
  }

  async function describe(key: string, mark: StartMark): Promise<DescribedUnit> {
    const call = rustcArguments(mark.args);
    const absolute = (path: string) => (isAbsolute(path) ? path : resolve(workspaceRoot, path));
    // Packages of the registry stand below the private cargo home for cargo, and below the user's for readers.
    const shown = (path: string) => rewrite.text(absolute(path));
    const depInfo = join(absolute(call.outDir), `${key}.d`);
    const sources = parseDepInfo(await readFile(depInfo, 'utf8').catch(() => '')).map(shown);
    return {
      schema: 1,
      key,
      recipe,
      crateName: mark.crateName,
      packageName: mark.packageName,
      version: mark.version,
      manifestDir: rewrite.text(mark.manifestDir),
      edition: call.edition,
      srcPath: shown(call.srcPath),
      crateTypes: call.crateTypes,
      test: call.test,
      features: call.features,
      outDir: absolute(call.outDir),
      depInfo,
      depInfoStamp: await fileStamp(depInfo),
      sources: [...new Set(sources)].sort(),
    };
  }
}

export interface RustcCall {
  readonly edition: string;
  readonly srcPath: string;
  readonly crateTypes: readonly string[];
  readonly test: boolean;
  readonly features: readonly string[];
  readonly outDir: string;
  readonly triple: string | null;
  /** Empty for a call that emits no metadata. */
  readonly emit: readonly string[];
}

/** What cargo's arguments to rustc say of the unit. */
export function rustcArguments(args: readonly string[]): RustcCall {
  const value = (name: string): string[] => {
    const values: string[] = [];
    for (const [index, arg] of args.entries()) {
      if (arg === name && args[index + 1] !== undefined) values.push(args[index + 1]!);
      else if (arg.startsWith(`${name}=`)) values.push(arg.slice(name.length + 1));
    }
    return values;
  };
  const features = value('--cfg')
    .map(cfg => /^feature="(.*)"$/.exec(cfg)?.[1])
    .filter(feature => feature !== undefined);
  return {
    edition: value('--edition')[0] ?? '2015',
    // cargo puts the root source file after `--crate-name NAME --edition=YEAR`; nothing before it ends in .rs.
    srcPath: args.find(arg => arg.endsWith('.rs') && !arg.startsWith('-')) ?? '',
    crateTypes: value('--crate-type').sort(),
    test: args.includes('--test'),
    features: features.sort(),
    outDir: value('--out-dir')[0] ?? '',
    triple: value('--target')[0] ?? null,
    emit: (value('--emit')[0] ?? '').split(','),
  };
}
