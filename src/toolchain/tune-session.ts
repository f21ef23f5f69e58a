/**
 * Measures builds of two copies of the workspace, today's and a changed one, one after the other. The user's files are not touched.
 *
 * Each copy has a target directory that is emptied before every build from nothing, and one that stays warm for edits. The manifest's
 * settings are written into the changed copy, as the patch would; those of .cargo/config.toml are given by `--config`, because a copy
 * below the workspace is under the user's own configuration too, and cargo joins the two as it would join one file's.
 *
 * Every block is on disk before the next one begins: a run that was killed goes on where it stopped.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, appendFile, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TuneBlock, TunePurpose } from '#model/tune.ts';
import { buildArguments } from './cargo-arguments.ts';
import type { CargoConfig } from './cargo-config.ts';
import { mostChanged, readChanges } from './changes.ts';
import { withInterrupts } from './child-groups.ts';
import { failureFromFileError, ToolchainFailure } from './failure.ts';
import { busySeconds } from './machine-load.ts';
import { type Call, measure } from './measured-build.ts';
import type { PassOptions } from './pass-options.ts';
import { cargoEnvironment, type Preparation, preparePass } from './preparation.ts';
import { runTool } from './run-tool.ts';
import { editApi, editBody } from './rust-edit.ts';
import type { Scenario } from './scenario.ts';
import { fromNothing, scenarioText } from './scenarios.ts';
import { openCopy, type WorkspaceCopy } from './workspace-copy.ts';

/** A way to build: names for the record, and what is different. */
export interface TuneVariant {
  readonly settings: readonly string[];
  /** Text of the root Cargo.toml. */
  readonly manifest: string;
  /** Values of `--config`. */
  readonly config: readonly string[];
}

export interface TuneMachine {
  readonly triple: string;
  readonly cores: number;
  readonly nightly: boolean;
  /** Of the programs that were asked for, those in the search path. */
  readonly programs: readonly string[];
  readonly backends: readonly string[];
  /** Where further flags for rustc belong, so that those of the user still hold. */
  readonly rustflags: 'target' | 'build' | 'environment' | 'unclear';
}

export interface TuneSession {
  readonly preparation: Preparation;
  readonly machine: TuneMachine;
  /** Text of the root Cargo.toml and of the .cargo/config.toml beside it; empty where there is none. */
  readonly manifest: string;
  readonly config: string;
  /** The file that changes most; null where there is no history, or none of its files can be edited. */
  mostChangedFile(): Promise<Scenario | null>;
  /** Of an experiment with these words, what was recorded before. */
  recorded(scenarios: readonly Scenario[]): Promise<string>;
  measureBlock(
    variant: TuneVariant,
    scenario: Scenario,
    purpose: TunePurpose,
    pairs: number,
    first: TuneBlock['first'],
    onRun: (side: 'today' | 'changed' | 'warm') => void,
  ): Promise<TuneBlock>;
  scenarioText(scenario: Scenario): string;
}

/** Runs `work` with the lock of the workspace. Throws `ToolchainFailure`. */
export async function withTuneSession<T>(
  options: PassOptions,
  programs: readonly string[],
  again: boolean,
  work: (session: TuneSession) => Promise<T>,
): Promise<T> {
  return withInterrupts(options.signal, async signal => {
    options.onProgress?.({ stage: 'preparing' });
    const preparation = await preparePass(options, signal);
    try {
      // Only the copies are built: a lock file that cargo made for its metadata need not lie there for the whole experiment.
      preparation.lockFile.restore(preparation.assayDir);
      return await work(await openSession(options, preparation, programs, again, signal));
    } catch (error) {
      throw failureFromFileError(error, preparation.assayDir);
    } finally {
      preparation.lockFile.restore(preparation.assayDir);
      await preparation.passLock.release();
    }
  });
}

/** `otherSeconds`: CPU time that was not the build's while it ran; null where that is not known. */
type Outcome =
  | { readonly seconds: number; readonly otherSeconds: number | null }
  | { readonly failure: string };

interface Side {
  readonly copy: WorkspaceCopy;
  readonly home: string;
  /** Names of the settings that the warm target directory was built with; null: not known. */
  warmWith: string | null;
}

async function openSession(
  options: PassOptions,
  preparation: Preparation,
  programs: readonly string[],
  again: boolean,
  signal: AbortSignal,
): Promise<TuneSession> {
  const { toolchain, facts, assayDir } = preparation;
  const home = join(assayDir, 'tune');
  const manifestPath = join(facts.root, 'Cargo.toml');
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const manifest = await readFile(manifestPath, 'utf8');
  const config = await read(join(facts.root, '.cargo', 'config.toml'));
  const sides: { today?: Side; changed?: Side } = {};
  let edits = 0;
  let warmedUp = false;
  let record: string | null = null;

  const openSide = async (name: 'today' | 'changed'): Promise<Side> => {
    const side = sides[name];
    if (side !== undefined) return side;
    const folder = join(home, name);
    const copy = await openCopy(folder, options, preparation);
    await copyFile(
      join(assayDir, 'Cargo.lock'),
      join(copy.folder, 'Cargo.lock'),
      constants.COPYFILE_EXCL,
    ).catch(() => {});
    const fetched = await runTool({
      program: toolchain.cargo,
      args: ['fetch', '--quiet', '--manifest-path', join(copy.folder, 'Cargo.toml')],
      cwd: copy.directory,
      env: cargoEnvironment(options.env, assayDir, null),
      signal,
    });
    if (fetched.exitCode !== 0)
      throw new ToolchainFailure('tool-failed', 'cargo', 'the sources cannot be fetched', fetched.stderr);
    const opened = { copy, home: folder, warmWith: null };
    sides[name] = opened;
    return opened;
  };

  const call = (side: Side, variant: TuneVariant, words: readonly string[], target: string): Call => ({
    words,
    // The settings are of the dev profile; a scenario says itself when it is a release build.
    selection: { ...side.copy.selection, profile: null },
    cwd: side.copy.directory,
    targetDir: join(side.home, target),
    config: variant.config,
  });

  const timed = async (build: Call): Promise<Outcome> => {
    const before = busySeconds();
    const { seconds, cpuSeconds, failure } = await measure(build, options, preparation, signal);
    const after = busySeconds();
    if (failure !== null || seconds === null) return { failure: failure ?? 'cargo failed' };
    const known = before !== null && after !== null && cpuSeconds !== null;
    return { seconds, otherSeconds: known ? Math.max(0, after - before - cpuSeconds) : null };
  };

  const build = async (
    side: Side,
    variant: TuneVariant,
    scenario: Scenario,
    onWarm: () => void,
  ): Promise<Outcome> => {
    const words = fromNothing[scenario.kind];
    if (words !== undefined) {
      const cold = call(side, variant, words, 'cold');
      await rm(cold.targetDir, { recursive: true, force: true });
      return timed(cold);
    }
    const warm = call(side, variant, ['build'], 'warm');
    const key = JSON.stringify([variant.settings, variant.config]);
    if (side.warmWith !== key) {
      onWarm();
      // What other settings left would grow with every trial.
      if (side.warmWith !== null || variant.settings.length > 0)
        await rm(warm.targetDir, { recursive: true, force: true });
      const first = await timed(warm);
      if ('failure' in first) return first;
      side.warmWith = key;
      // The first edit is the first that uses the incremental cache, and no edit of a series is.
      if ('path' in scenario) await editAndBuild(side, warm, scenario);
    }
    return editAndBuild(side, warm, scenario);
  };

  const editAndBuild = async (side: Side, warm: Call, scenario: Scenario) => {
    if ('path' in scenario) {
      const file = side.copy.of(scenario.path);
      const original = await readFile(scenario.path, 'utf8');
      const edit = (scenario.kind === 'edit' ? editBody : editApi)(original, edits++);
      if (edit === null)
        throw new ToolchainFailure(
          'bad-request',
          'assay',
          `no function with a body was found in ${scenario.path}, so none can be edited`,
        );
      await writeFile(file, edit.text);
    }
    return timed(warm);
  };

  return {
    preparation,
    manifest,
    config,
    machine: {
      triple: toolchain.host,
      cores: availableParallelism(),
      nightly: toolchain.nightly,
      programs: await foundPrograms(programs, options.env),
      rustflags: rustflagsPlace(preparation.config, toolchain.host),
      backends: await codegenBackends(toolchain.sysroot, toolchain.host),
    },
    scenarioText: scenario => scenarioText(scenario, facts.root),
    async mostChangedFile() {
      try {
        const changes = await readChanges(assayDir, options.env, preparation, signal);
        for (const scenario of mostChanged(changes, facts.root)) {
          if (!('path' in scenario)) continue;
          const text = await read(scenario.path);
          if (editBody(text, 0) !== null) return { kind: 'edit', path: scenario.path };
        }
      } catch (error) {
        if (!(error instanceof ToolchainFailure) || error.kind === 'interrupted') throw error;
      }
      for (const folder of facts.memberDirs) {
        for (const name of ['lib.rs', 'main.rs']) {
          const path = join(folder, 'src', name);
          if (editBody(await read(path), 0) !== null) return { kind: 'edit', path };
        }
      }
      return null;
    },
    async recorded(scenarios) {
      await mkdir(home, { recursive: true });
      const manifests = await Promise.all(
        [manifestPath, ...facts.memberDirs.map(folder => join(folder, 'Cargo.toml'))].map(read),
      );
      const lock = await read(join(facts.root, 'Cargo.lock'));
      const words = scenarios.map(scenario => scenarioText(scenario, facts.root));
      const question = [
        ...[1, toolchain.rustcVersionVerbose, availableParallelism(), manifests, config, lock],
        ...[buildArguments(options.selection), words],
      ];
      const hash = createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 12);
      record = join(home, `blocks-${hash}.jsonl`);
      if (again) await rm(record, { force: true });
      const text = await read(record);
      // A line that was cut off must not swallow the next one.
      if (text !== '' && !text.endsWith('\n')) await appendFile(record, '\n');
      return text;
    },
    async measureBlock(variant, scenario, purpose, pairs, first, onRun) {
      const startedAt = performance.now();
      const [today, changed] = [await openSide('today'), await openSide('changed')];
      const plain: TuneVariant = { settings: [], manifest, config: [] };
      if (!warmedUp) {
        // The first build reads sources and compiler from the disk, and no other does.
        warmedUp = true;
        onRun('warm');
        await build(today, plain, scenario, () => {});
      }
      const path = join(changed.copy.folder, 'Cargo.toml');
      if ((await read(path)) !== variant.manifest) await writeFile(path, variant.manifest);
      const times = { today: [] as number[], changed: [] as number[] };
      const order = first === 'today' ? (['today', 'changed'] as const) : (['changed', 'today'] as const);
      let failure: string | null = null;
      const other = { coreSeconds: 0, seconds: 0 };
      for (let pair = 0; pair < pairs && failure === null; pair++) {
        for (const name of pair % 2 === 0 ? order : order.toReversed()) {
          const side = name === 'today' ? today : changed;
          const built = await build(side, name === 'today' ? plain : variant, scenario, () => onRun('warm'));
          onRun(name);
          if ('seconds' in built) {
            times[name].push(built.seconds);
            if (built.otherSeconds !== null) {
              other.coreSeconds += built.otherSeconds;
              other.seconds += built.seconds;
            }
            continue;
          }
          if (name === 'today' || variant.settings.length === 0)
            throw new ToolchainFailure(
              'tool-failed',
              'cargo',
              `\`${scenarioText(scenario, facts.root)}\` fails under today’s settings`,
              built.failure,
            );
          failure = built.failure;
          break;
        }
      }
      const block: TuneBlock = {
        settings: variant.settings,
        scenario: scenarioText(scenario, facts.root),
        purpose,
        first,
        ...times,
        otherCores: other.seconds === 0 ? null : Math.round((100 * other.coreSeconds) / other.seconds) / 100,
        spentSeconds: Math.round(performance.now() - startedAt) / 1000,
        failure,
      };
      if (record !== null) await appendFile(record, `${JSON.stringify(block)}\n`);
      return block;
    },
  };
}

function rustflagsPlace({ rustflags }: CargoConfig, host: string): TuneMachine['rustflags'] {
  if (rustflags.environment) return 'environment';
  if (!rustflags.build || rustflags.targets.includes(host)) return 'target';
  return rustflags.targets.some(key => key.startsWith('cfg(')) ? 'unclear' : 'build';
}

async function foundPrograms(names: readonly string[], env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  const ending = process.platform === 'win32' ? '.exe' : '';
  const found = await Promise.all(
    names.map(async name => {
      for (const folder of folders) {
        const there = await access(join(folder, name + ending), constants.X_OK).then(
          () => true,
          () => false,
        );
        if (there) return [name];
      }
      return [];
    }),
  );
  return found.flat();
}

/** Libraries besides LLVM from which rustc can load a backend. */
async function codegenBackends(sysroot: string, host: string): Promise<readonly string[]> {
  const names = await readdir(join(sysroot, 'lib', 'rustlib', host, 'codegen-backends')).catch(() => []);
  return names.flatMap(name => /rustc_codegen_(\w+?)-/.exec(name)?.[1] ?? []);
}
