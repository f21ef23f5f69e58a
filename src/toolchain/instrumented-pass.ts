import { createHash } from 'node:crypto';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { MirUnit } from '#model/evidence.ts';
import type { ToolFailure, ToolRun } from '#model/report.ts';
import { planEvents } from './build-events.ts';
import { calibrate } from './calibration.ts';
import { buildArguments, shownCommand } from './cargo-arguments.ts';
import type { CompilerArtifact } from './cargo-messages.ts';
import { type CargoPass, type CargoPassPlan, runCargoPass } from './cargo-pass.ts';
import { requireHistory } from './changes.ts';
import { withInterrupts } from './child-groups.ts';
import { type DependencyPackage, dependencyPackages } from './dependency-packages.ts';
import { summariseDependencies } from './dependency-summaries.ts';
import {
  type EvidenceFolder,
  type HeaderFacts,
  openEvidenceFolder,
  readStoredPart,
  readStoredSet,
  type StoredSet,
  storeSet,
} from './evidence-folder.ts';
import { failureFromFileError, ToolchainFailure } from './failure.ts';
import { furtherParts } from './further-parts.ts';
import type { PassOptions } from './pass-options.ts';
import { cargoEnvironment, type Preparation, preparePass, withPrivateHome } from './preparation.ts';
import { dumpFlags, profileFlags } from './probe.ts';
import { runTool } from './run-tool.ts';
import { type Selected, selectUnits } from './selected-units.ts';
import { readGraph } from './unit-graph-part.ts';
import { openUnitStore } from './unit-store.ts';
import { type MemberCalls, type WrapperPlan, writeWrapper } from './wrapper.ts';

export interface PassResult {
  readonly evidence: EvidenceFolder;
  /** Nothing was compiled: the evidence is that of the last pass, unchanged. */
  readonly reused: boolean;
  /** Member units that cargo compiled now, and those that it found fresh. */
  readonly compiledMembers: number;
  readonly freshMembers: number;
  /** `<target>/assay`. */
  readonly assayDir: string;
  /**
   * Lets the next pass in this target directory begin. Until then the evidence's parts do not change; call it when the
   * last part was read. (When the process exits without, it is released too.)
   */
  close(): Promise<void>;
}

/**
 * Makes one instrumented cargo pass and returns the evidence that it left.
 *
 * A pass without MIR has a target directory of its own: it compiles members otherwise, and cargo, which does not see the
 * dump flags, would take the one's members for the other's.
 *
 * What cargo finds fresh keeps the MIR that was recorded when it was compiled; when nothing at all was compiled, the
 * evidence of the last pass is returned as it was. Throws only `ToolchainFailure`. A workspace that does not compile is
 * not thrown: the evidence holds what did compile, and rustc's words are in `header.failures`.
 */
export async function runPass(options: PassOptions): Promise<PassResult> {
  return withInterrupts(options.signal, async signal => {
    options.onProgress?.({ stage: 'preparing' });
    const preparation = await preparePass(options, signal);
    let keepLock = false;
    try {
      const result = await passUnderLock(options, preparation, signal);
      keepLock = true;
      return result;
    } catch (error) {
      throw failureFromFileError(error, preparation.assayDir);
    } finally {
      preparation.lockFile.restore(preparation.assayDir);
      if (!keepLock) await preparation.passLock.release();
    }
  });
}

async function passUnderLock(
  options: PassOptions,
  preparation: Preparation,
  signal: AbortSignal,
): Promise<PassResult> {
  const { assayDir, facts, toolchain } = preparation;
  const deep = options.mir ? options.deep : undefined;
  // The Windows wrapper only passes on: there is nothing to expect of rustc.
  const wrapperActs = process.platform !== 'win32';
  const inside = !options.mir && options.pass === 'build' && wrapperActs ? (options.inside ?? null) : null;
  const insideFlags = inside === null ? null : profileFlags(preparation.capabilities);
  if (inside !== null && insideFlags === null)
    throw new ToolchainFailure('bad-request', 'rustc', 'this rustc has no self-profiler (-Zself-profile)');
  if (options.edits === true) await requireHistory(options.env, facts.root, signal);
  const kind = passKind(options.mir, deep !== undefined, inside !== null);
  const cargoDir = join(assayDir, kind.cargoDir);
  const marksDir = join(assayDir, 'marks');
  const flags = options.mir && wrapperActs ? dumpFlags(preparation.capabilities) : [];
  const versions = [deep?.version, inside?.version].filter(version => version !== undefined);
  const recipe = hash([recipeVersion, ...versions, ...flags]);
  const packages = deep === undefined ? [] : dependencyPackages(preparation.metadata);
  const setName = `${kind.setPrefix}${options.pass}-${hash(buildArguments(options.selection))}`;
  const setDir = join(assayDir, 'evidence', setName);
  const events = planEvents(preparation, options.pass, wrapperActs, options.env);
  const stripSectionTimings = events.sectionTimings && !toolchain.nightly;
  const [store, storedSet] = await Promise.all([
    openUnitStore(join(assayDir, kind.unitsDir)),
    readStoredSet(setDir),
  ]);
  const narrow = new Set<string>();
  const wrapperPlan = (): WrapperPlan => ({
    narrow: [...narrow].sort(),
    memberDirs: facts.memberDirs,
    ...(deep === undefined
      ? {}
      : {
          dependencyDirs: packages
            .map(({ dir }) => withPrivateHome(dir, assayDir, preparation.config))
            .sort(),
        }),
    marksDir,
    userWrapper: preparation.config.rustcWrapper,
    members:
      insideFlags === null
        ? memberCalls(flags, stripSectionTimings, preparation)
        : { kind: 'profiled', flags: insideFlags },
    stripSectionTimings,
  });
  const wrapper = await writeWrapper(assayDir, wrapperPlan());
  const storedMetadata = storedSet === null ? null : await readStoredPart(setDir, 'cargo-metadata.json');
  const graph = readGraph(
    options,
    preparation,
    cargoDir,
    storedMetadata === preparation.metadata ? setDir : null,
    signal,
  );
  const total = graph.then(text => (text === null ? null : unitCount(text)));
  const plan: CargoPassPlan = { cargoDir, marksDir, wrapper, recipe, narrow, events, inside, total };

  const passes: CargoPass[] = [];
  let pass: CargoPass;
  let members: readonly CompilerArtifact[];
  let selected: Selected = { units: [], missing: [] };
  let below: Selected = { units: [], missing: [] };
  let profiled: Selected = { units: [], missing: [] };
  const isDependency = isDependencyLibrary(packages);
  for (let attempt = 0; ; attempt++) {
    pass = await runCargoPass(options, preparation, plan, store, signal);
    passes.push(pass);
    if (pass.result.exitCode !== 0 && (await isDiskFull(assayDir, pass.errorOutput))) {
      throw new ToolchainFailure(
        'disk-full',
        'cargo',
        'no space left while cargo was building',
        pass.errorOutput,
      );
    }
    if (pass.result.exitCode !== 0 && !pass.finished) {
      await graph.catch(() => null);
      throw new ToolchainFailure('bad-request', 'cargo', 'cargo refused the request', pass.errorOutput);
    }
    const failing = narrowable(pass, narrow);
    if (failing.length > 0 && !signal.aborted) {
      for (const key of failing) narrow.add(key);
      await writeWrapper(assayDir, wrapperPlan());
      attempt--;
      continue;
    }
    members = pass.artifacts.filter(isMember(facts.memberIds));
    if (flags.length === 0 && inside === null) break;
    const records = await store.load(recipe);
    if (inside !== null) profiled = selectUnits(pass.artifacts.filter(isProfiled), records);
    else {
      selected = selectUnits(members, records);
      below = selectUnits(pass.artifacts.filter(isDependency), records);
    }
    const unrecorded = [...selected.missing, ...below.missing, ...profiled.missing].filter(
      artifact => artifact.fresh,
    );
    if (unrecorded.length === 0 || attempt === 2) break;
    // cargo thinks them fresh and what rustc left is not here: never judge less in silence, make them again.
    await forceRebuild(options, preparation, cargoDir, unrecorded, attempt, signal);
  }
  const unitGraph = await graph;
  if (signal.aborted) throw new ToolchainFailure('interrupted', 'assay', 'interrupted');
  const compiled = passes.filter(one => one.runs.length > 0);
  const failed = pass.result.exitCode !== 0;
  const untouched =
    compiled.length === 0 && !failed && storedSet !== null && storedSet.header.failures.length === 0;
  const timed = compiled.at(-1) ?? pass;
  const calibration =
    options.pass === 'build' &&
    wrapperActs &&
    !failed &&
    (options.calibrate || timed.result.seconds >= calibratedFrom)
      ? await calibrate(toolchain, assayDir, options.env, signal, (done, total) =>
          options.onProgress?.({ stage: 'calibrating', done, total }),
        )
      : null;
  const extra = new Map(calibration === null ? [] : [['calibration.json', calibration]]);
  const stored = untouched && storedMetadata === preparation.metadata ? storedSet.partNames : [];
  if (!failed) {
    const further = await furtherParts(stored, options, preparation, plan, store, signal);
    for (const part of further) extra.set(...part);
  }
  const set = untouched
    ? await keepSet(setDir, storedSet, storedMetadata, preparation, unitGraph, extra)
    : await newSet(
        options,
        preparation,
        setDir,
        compiled.length > 0 ? compiled : [pass],
        pass,
        unitGraph,
        extra,
      );
  const dependencies =
    deep === undefined
      ? null
      : await summariseDependencies(
          below.units,
          packages,
          store,
          set.header,
          preparation.metadata,
          deep.summarise,
          (done, total, crateName) => options.onProgress?.({ stage: 'summarising', done, total, crateName }),
          signal,
        );
  if (signal.aborted) throw new ToolchainFailure('interrupted', 'assay', 'interrupted');
  const missing = selected.missing.map(unrecordedUnit);
  const manifests = facts.memberDirs.map(folder => join(folder, 'Cargo.toml'));
  const evidence = openEvidenceFolder(
    setDir,
    set,
    selected.units,
    missing,
    store,
    [join(facts.root, 'Cargo.toml'), ...manifests],
    dependencies,
    inside === null ? null : profiled.units,
  );
  const compiledFiles = new Set(
    passes.flatMap(one => one.artifacts.filter(artifact => !artifact.fresh).map(fileOf)),
  );
  const compiledMembers = members.filter(artifact => compiledFiles.has(fileOf(artifact))).length;
  return {
    evidence,
    reused: untouched,
    compiledMembers,
    freshMembers: members.length - compiledMembers,
    assayDir,
    close: () => preparation.passLock.release(),
  };
}

/** A kind of pass has a target directory, units and evidence of its own: each compiles members in another way. */
function passKind(
  mir: boolean,
  deep: boolean,
  inside: boolean,
): { readonly cargoDir: string; readonly unitsDir: string; readonly setPrefix: string } {
  if (deep) return { cargoDir: 'cargo-deep', unitsDir: 'units-deep', setPrefix: 'deep-' };
  if (mir) return { cargoDir: 'cargo', unitsDir: 'units', setPrefix: '' };
  if (inside) return { cargoDir: 'cargo-inside', unitsDir: 'units-inside', setPrefix: 'inside-' };
  return { cargoDir: 'cargo-plain', unitsDir: 'units', setPrefix: 'plain-' };
}

/** Sections of a member are timed with its dumps, or alone; never where the user's own cache may answer for rustc. */
function memberCalls(
  flags: readonly string[],
  stripSectionTimings: boolean,
  preparation: Preparation,
): MemberCalls {
  if (flags.length > 0) return { kind: 'dumped', flags };
  return { kind: stripSectionTimings && preparation.config.rustcWrapper === null ? 'timed' : 'plain' };
}

function fileOf(artifact: CompilerArtifact): string {
  return artifact.filenames[0] ?? artifact.srcPath;
}

/** rustc and linkers do not always say so: a linker that cannot map its output dies of a bus error. */
async function isDiskFull(assayDir: string, output: string): Promise<boolean> {
  if (/No space left on device|\(os error 28\)/.test(output)) return true;
  const disk = await statfs(assayDir).catch(() => null);
  const freeBytes = disk === null ? Number.POSITIVE_INFINITY : disk.bavail * disk.bsize;
  return freeBytes < 256 * 1024 || (freeBytes < 64 * 1024 * 1024 && /Bus error|IO failure/.test(output));
}

/** Seconds: a build that is shorter is not worth the time of a calibration that nobody asked for. */
const calibratedFrom = 15;

// Raise it when what is recorded changes for the same compiler flags.
const recipeVersion = '1';

function isMember(memberIds: readonly string[]): (artifact: CompilerArtifact) => boolean {
  const ids = new Set(memberIds);
  return artifact => ids.has(artifact.packageId) && !artifact.targetKind.includes('custom-build');
}

/**
 * Units that rustc compiles, and not with dumps: to print a closure of a static's initialiser that names the static, it
 * evaluates the static, which needs the closure. Their futures can be dumped.
 */
function narrowable(pass: CargoPass, narrow: ReadonlySet<string>): string[] {
  if (pass.result.exitCode === 0 || !pass.errorOutput.includes('error[E0391]')) return [];
  return pass.runs
    .filter(({ key, mark, exitCode }) => mark.dumped && exitCode !== 0 && !narrow.has(key))
    .map(({ key }) => key);
}

/** The wrapper profiles all but build scripts. */
function isProfiled(artifact: CompilerArtifact): boolean {
  return !artifact.targetKind.includes('custom-build');
}

/** Not proc macros and build scripts: these run while the program is made. */
function isDependencyLibrary(
  packages: readonly DependencyPackage[],
): (artifact: CompilerArtifact) => boolean {
  const ids = new Set(packages.map(({ id }) => id));
  return artifact =>
    ids.has(artifact.packageId) &&
    !artifact.targetKind.includes('custom-build') &&
    !artifact.targetKind.includes('proc-macro');
}

/** Keeps the evidence of the last pass; what cargo says of the workspace, and what was asked besides, may have changed. */
async function keepSet(
  setDir: string,
  set: StoredSet,
  storedMetadata: string | null,
  preparation: Preparation,
  unitGraph: string | null,
  extra: ReadonlyMap<string, string>,
): Promise<StoredSet> {
  const changed = new Map<string, string>();
  for (const [name, text] of extra)
    if ((await readStoredPart(setDir, name)) !== text) changed.set(name, text);
  if (storedMetadata !== preparation.metadata) {
    changed.set('cargo-metadata.json', preparation.metadata);
    if (unitGraph !== null) changed.set('unit-graph.json', unitGraph);
  }
  if (changed.size === 0) return set;
  const parts = new Map<string, string>();
  for (const name of set.partNames) parts.set(name, (await readStoredPart(setDir, name)) ?? '');
  for (const [name, text] of changed) parts.set(name, text);
  await storeSet(setDir, set.header, parts);
  return (await readStoredSet(setDir)) ?? set;
}

async function newSet(
  options: PassOptions,
  preparation: Preparation,
  setDir: string,
  compiled: readonly CargoPass[],
  last: CargoPass,
  unitGraph: string | null,
  extra: ReadonlyMap<string, string>,
): Promise<StoredSet> {
  const { toolchain, facts } = preparation;
  const timed = compiled.at(-1)!;
  const command = shownCommand(['cargo', options.pass, '--keep-going', ...buildArguments(options.selection)]);
  const runs = compiled.map(
    (pass): ToolRun => ({
      tool: 'cargo',
      version: versionOf(toolchain.cargoVersionVerbose),
      command: `${options.mir ? 'CARGO_INCREMENTAL=0 ' : ''}${command}`,
      seconds: milliseconds(pass.result.seconds),
      ...(pass.result.exitCode === null ? {} : { exitCode: pass.result.exitCode }),
    }),
  );
  const failures: ToolFailure[] = [];
  if (last.result.exitCode !== 0) {
    failures.push({ tool: 'cargo', message: 'the workspace does not compile', output: last.errorOutput });
  }
  const header: HeaderFacts = {
    schema: 'assay-evidence/1',
    assay: options.assayVersion,
    root: facts.root,
    rustcVersionVerbose: toolchain.rustcVersionVerbose,
    cargoVersionVerbose: toolchain.cargoVersionVerbose,
    pass: options.pass,
    runs,
    failures,
    cpuSeconds: timed.result.cpuSeconds,
    wallSeconds: milliseconds(timed.result.seconds),
  };
  const parts = new Map<string, string>([
    ['cargo-metadata.json', preparation.metadata],
    ...timed.events,
    ['messages.jsonl', last.messages],
  ]);
  if (unitGraph !== null) parts.set('unit-graph.json', unitGraph);
  for (const [name, text] of extra) parts.set(name, text);
  if (last.macroStats !== '') parts.set('macro-stats.txt', last.macroStats);
  await storeSet(setDir, header, parts);
  return { header, partNames: [...parts.keys()].sort() };
}

/** First by `cargo clean -p`, which keeps dependencies; then, if cargo still thinks them fresh, from nothing. */
async function forceRebuild(
  options: PassOptions,
  preparation: Preparation,
  cargoDir: string,
  artifacts: readonly CompilerArtifact[],
  attempt: number,
  signal: AbortSignal,
): Promise<void> {
  if (attempt > 0) {
    await rm(cargoDir, { recursive: true, force: true });
    return;
  }
  const { selection } = options;
  const args = ['clean', '--color', 'never', '--target-dir', cargoDir];
  if (selection.manifestPath !== null) args.push('--manifest-path', selection.manifestPath);
  if (selection.profile !== null) args.push('--profile', selection.profile);
  for (const triple of selection.triples) args.push('--target', triple);
  for (const id of new Set(artifacts.map(artifact => artifact.packageId))) args.push('--package', id);
  await runTool({
    program: preparation.toolchain.cargo,
    args,
    cwd: options.directory,
    env: { ...cargoEnvironment(options.env, preparation.assayDir, null), CARGO_BUILD_BUILD_DIR: cargoDir },
    signal,
  });
}

/** A unit that was compiled and left no record: counted, not hidden. */
function unrecordedUnit(artifact: CompilerArtifact): MirUnit {
  const crateName = artifact.targetName.replaceAll('-', '_');
  const [, name, version] = /([^/#@]+)[#@]([^#@]+)$/.exec(artifact.packageId) ?? [];
  return {
    key: `${crateName}-${hash([artifact.packageId, fileOf(artifact), String(artifact.test)])}`,
    crateName,
    package: `${name ?? crateName} ${version ?? ''}`.trim(),
    targetKind: artifact.test ? 'test' : (artifact.targetKind[0] ?? 'unknown'),
    edition: artifact.edition,
    chunkCount: 0,
    unreadable: ['rustc left no MIR for this unit'],
  };
}

function unitCount(unitGraph: string): number | null {
  try {
    return (JSON.parse(unitGraph) as { units: readonly unknown[] }).units.length;
  } catch {
    return null;
  }
}

function versionOf(verbose: string): string {
  return verbose.split('\n')[0]!.replace(/^(cargo|rustc) /, '');
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function hash(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 16);
}
