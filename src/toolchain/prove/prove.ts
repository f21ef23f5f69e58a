/**
 * Which dependencies and features a workspace compiles without, each shown by a compilation. On a copy: the user's manifests stay.
 *
 * A dependency is tried when rustc's lint says that no target uses it. It is claimed when it is named as a path nowhere in the
 * package's sources and texts (code for other platforms, other features and doc tests is not compiled here), when without it
 * cargo plans no other unit otherwise (it may be there to switch on a feature of another), and when all targets of the workspace
 * then compile, with the features asked for, with all and with none, as far as they compile at all.
 *
 * A feature is tried when cargo would build fewer units without it. What it does at run time, or on other platforms, no compilation
 * shows, and the claim says so.
 */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { resolutionArguments, shownCommand } from '../cargo-arguments.ts';
import { ToolchainFailure } from '../failure.ts';
import type { CargoSelection, PassOptions } from '../pass-options.ts';
import { cargoEnvironment, type Preparation } from '../preparation.ts';
import { channelOverride } from '../probe.ts';
import { runTool } from '../run-tool.ts';
import { updateCopy } from '../workspace-copy.ts';
import { readUnitGraph } from '../workspace-facts.ts';
import { type Candidate, candidatesIn, manifestsOf } from './candidates.ts';
import { isUnused, readLint } from './lint.ts';
import { withoutDependency, withoutFeature } from './manifest-edit.ts';
import { planDifference } from './plan-difference.ts';

export const proofsPart = 'proofs.jsonl';

/** A line of the evidence part. */
interface Proof {
  readonly kind: 'dependency' | 'feature';
  readonly member: string;
  /** Of the manifest. */
  readonly section: string;
  readonly name: string;
  readonly feature: string | null;
  readonly package: string;
  readonly outcome: 'compiles' | 'needed' | 'unknown';
  readonly why: string;
  /** Commands that compiled without it. */
  readonly commands: readonly string[];
  /** Units of the build that was asked for that are gone without it. */
  readonly gone: readonly string[];
}

// Limit: what is left when so many compilations were made is told as not tried.
const triesMax = 80;

/** The text of the part. Throws `bad-request` where nothing can be proved here, and `interrupted`. */
export async function prove(
  options: PassOptions,
  preparation: Preparation,
  signal: AbortSignal,
): Promise<string> {
  const { root, pathManifests } = preparation.facts;
  const outside = pathManifests.find(manifest => !manifest.startsWith(`${root}${sep}`));
  if (outside !== undefined)
    throw new ToolchainFailure(
      'bad-request',
      'assay',
      `--prove works on a copy of the workspace, and ${outside} lies outside of it`,
    );
  if (process.platform === 'win32')
    throw new ToolchainFailure('bad-request', 'assay', '--prove is not available on Windows');
  const bench = await openBench(options, preparation, signal);
  const { candidates, unjudged } = candidatesIn(preparation.metadata);
  const proofs: Proof[] = unjudged.map(({ member, what, why }) => ({
    ...{
      kind: 'dependency',
      member,
      section: '',
      name: what,
      feature: null,
      package: '',
      outcome: 'unknown',
      why,
    },
    ...{ commands: [], gone: [] },
  }));
  const tried = new Set<string>();
  let tries = 0;
  const say = (what: string) =>
    options.onProgress?.({ stage: 'measuring', what, done: tries, total: triesMax });

  say('compiling all targets, to see what is unused');
  const baseline = await bench.baseline();
  if (baseline.refusal !== null) {
    const why = `the workspace does not compile with all its targets: ${baseline.refusal}`;
    return linesOf([
      ...proofs,
      ...candidates.map(candidate => ({
        ...factsOf(candidate),
        outcome: 'unknown' as const,
        why,
        commands: [],
        gone: [],
      })),
    ]);
  }
  const linted = readLint(baseline.lines);
  for (const candidate of candidates) {
    const unknown = (why: string) =>
      proofs.push({ ...factsOf(candidate), outcome: 'unknown', why, commands: [], gone: [] });
    const id = bench.idInCopy(candidate.memberId);
    if (candidate.kind === 'dependency' && !isUnused(linted, id, candidate.section, candidate.externName))
      continue;
    if (candidate.kind === 'dependency') {
      const named = await firstMention(dirname(candidate.manifest), candidate.externName);
      if (named !== null) {
        unknown(
          `code or text that may not be compiled here names it (${relative(root, named).split(sep).join('/')})`,
        );
        continue;
      }
    }
    const edit = await editedManifest(candidate, root);
    if (edit === null) {
      if (candidate.kind === 'dependency')
        unknown('a feature of the package names it, or its manifest has it in another way');
      continue;
    }
    // What members inherit is one entry of the workspace, and tried once.
    const same = `${edit.manifest}\n${edit.text}`;
    if (tried.has(same)) continue;
    tried.add(same);
    if (tries >= triesMax) {
      unknown(`not tried: ${triesMax} compilations were made`);
      continue;
    }
    const outcome = await bench.without(edit, async () => {
      const plan = await bench.plan();
      if (plan === null || baseline.plan === null)
        return { word: 'unknown', why: 'cargo gave no plan' } as const;
      const { gone, changed } = planDifference(baseline.plan, plan);
      if (candidate.kind === 'feature' && gone.length === 0) return null;
      if (candidate.kind === 'dependency' && changed > 0)
        return { word: 'unknown', why: `without it ${changed} other units have other features` } as const;
      tries++;
      say(
        `without ${candidate.feature === null ? '' : `feature ${candidate.feature} of `}${candidate.key} in ${candidate.member.split(' ')[0]}`,
      );
      const failed = await bench.compile(baseline.commands);
      return failed === null
        ? ({ word: 'compiles', why: '', gone } as const)
        : ({ word: 'needed', why: failed } as const);
    });
    if (outcome === null) continue;
    if (outcome.word === 'unknown') unknown(outcome.why);
    else {
      proofs.push({
        ...factsOf(candidate),
        outcome: outcome.word,
        why: outcome.why,
        commands: outcome.word === 'compiles' ? baseline.commands.map(bench.shown) : [],
        gone: 'gone' in outcome ? outcome.gone.map(key => bench.idInWorkspace(key)) : [],
      });
    }
  }
  return linesOf(proofs);
}

function factsOf({ kind, member, section, key, feature, package: of }: Candidate) {
  return { kind, member, section, name: key, feature, package: of };
}

function linesOf(proofs: readonly Proof[]): string {
  return proofs.map(proof => `${JSON.stringify(proof)}\n`).join('');
}

interface Edit {
  readonly manifest: string;
  readonly text: string;
}

/** Of the first manifest that has it so; null where none does. */
async function editedManifest(candidate: Candidate, root: string): Promise<Edit | null> {
  for (const manifest of manifestsOf(candidate, root)) {
    const text = await readFile(manifest, 'utf8');
    const own = manifest === candidate.manifest;
    const { section, key, feature } = candidate;
    const edited =
      feature === null
        ? own
          ? withoutDependency(text, section, key)
          : null
        : ((own ? withoutFeature(text, section, key, feature) : null) ??
          withoutFeature(text, 'workspace.dependencies', key, feature));
    if (edited !== null) return { manifest, text: edited };
  }
  return null;
}

/** The first source or text of a package in which a crate is named as a path, or imported; null where none is. */
async function firstMention(folder: string, externName: string): Promise<string | null> {
  const pattern = new RegExp(
    `\\b${externName}\\s*::|\\buse\\s+(?:::)?${externName}\\b|\\bcrate\\s+${externName}\\b`,
  );
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'target' || entry.name === '.git' || entry.name === 'node_modules') continue;
      const found = await firstMention(path, externName);
      if (found !== null) return found;
    } else if (/\.(rs|md|in)$/.test(entry.name) && pattern.test(await readFile(path, 'utf8'))) return path;
  }
  return null;
}

interface Baseline {
  readonly refusal: string | null;
  readonly lines: readonly string[];
  /** Arguments of the checks that compile; the first is that of the features that were asked for. */
  readonly commands: readonly (readonly string[])[];
  readonly plan: string | null;
}

/** The copy on which is compiled, and how. */
async function openBench(options: PassOptions, preparation: Preparation, signal: AbortSignal) {
  const { assayDir, toolchain } = preparation;
  const { root, targetDir } = preparation.facts;
  const home = join(assayDir, 'prove');
  const copy = join(home, 'copy');
  const checkDir = join(home, 'check');
  await mkdir(home, { recursive: true });
  const config = home.startsWith(`${root}${sep}`) ? [join(root, '.cargo')] : [];
  await updateCopy(root, copy, new Set([targetDir, ...config]));
  // Members alone are compiled through it; `--force-warn` is heard whatever a crate allows or denies.
  const lint = join(home, 'lint.sh');
  await writeFile(lint, '#!/bin/sh\nexec "$@" --force-warn unused-crate-dependencies\n');
  await chmod(lint, 0o755);
  const env: NodeJS.ProcessEnv = {
    ...cargoEnvironment(options.env, assayDir, null),
    CARGO_BUILD_BUILD_DIR: checkDir,
    RUSTC_WORKSPACE_WRAPPER: lint,
  };
  const inside = relative(root, options.directory);
  const cwd = inside.startsWith('..') ? copy : join(copy, inside);
  const given = options.selection.manifestPath;
  const manifestPath = given === null ? null : join(copy, relative(root, resolve(options.directory, given)));
  const selection: CargoSelection = {
    ...options.selection,
    manifestPath,
    locked: false,
    frozen: false,
    offline: true,
  };
  const { features, allFeatures, noDefaultFeatures } = options.selection;
  const asked = resolutionArguments({ ...selection, features, allFeatures, noDefaultFeatures });
  const plain = resolutionArguments({
    ...selection,
    features: [],
    allFeatures: false,
    noDefaultFeatures: false,
  });

  const check = async (args: readonly string[]) => {
    const lines: string[] = [];
    const said: string[] = [];
    const result = await runTool({
      program: toolchain.cargo,
      args: [
        'check',
        '--workspace',
        '--all-targets',
        ...args,
        '--message-format=json',
        '--color',
        'never',
        '--target-dir',
        checkDir,
      ],
      cwd,
      env,
      signal,
      onStdoutLine: line => {
        lines.push(line);
      },
      onStderrLine: line => {
        said.push(line);
      },
    });
    const error = lines.map(renderedError).find(text => text !== null);
    const words = error ?? said.find(line => line.startsWith('error')) ?? 'cargo failed';
    return { lines, failed: result.exitCode === 0 ? null : words.split('\n')[0]! };
  };
  const plan = () =>
    preparation.mayUseUnstableCargo
      ? readUnitGraph(
          toolchain,
          selection,
          'build',
          checkDir,
          cwd,
          { ...env, ...(toolchain.nightly ? {} : { [channelOverride]: 'nightly' }) },
          signal,
        )
      : Promise.resolve(null);

  return {
    plan,
    idInCopy: (id: string) => id.replaceAll(root, copy),
    idInWorkspace: (id: string) => id.replaceAll(copy, root),
    shown: (args: readonly string[]) =>
      shownCommand([
        'cargo',
        'check',
        '--workspace',
        '--all-targets',
        ...args.filter(arg => arg !== '--offline' && arg !== manifestPath && arg !== '--manifest-path'),
      ]),
    async baseline(): Promise<Baseline> {
      const first = await check(asked);
      if (first.failed !== null) return { refusal: first.failed, lines: [], commands: [], plan: null };
      const commands = [asked];
      for (const flag of ['--all-features', '--no-default-features']) {
        const args = [...plain, flag];
        if (args.join(' ') !== asked.join(' ') && (await check(args)).failed === null) commands.push(args);
      }
      return { refusal: null, lines: first.lines, commands, plan: await plan() };
    },
    /** The first error, or null where everything compiles. */
    async compile(commands: readonly (readonly string[])[]): Promise<string | null> {
      for (const args of commands) {
        const { failed } = await check(args);
        if (failed !== null) return failed;
      }
      return null;
    },
    /** With another manifest, and cargo's lock file as it follows from it; both are taken back. */
    async without<T>({ manifest, text }: Edit, body: () => Promise<T>): Promise<T> {
      const path = join(copy, relative(root, manifest));
      const lock = join(copy, 'Cargo.lock');
      const before = await readFile(path, 'utf8');
      const lockBefore = await readFile(lock, 'utf8').catch(() => null);
      try {
        await writeFile(path, text);
        return await body();
      } finally {
        await writeFile(path, before);
        if (lockBefore !== null) await writeFile(lock, lockBefore);
      }
    },
  };
}

function renderedError(line: string): string | null {
  if (!line.startsWith('{"reason":"compiler-message"')) return null;
  try {
    const { message } = JSON.parse(line) as { message?: { level?: string; message?: string } };
    return message?.level === 'error' ? `error: ${message.message}` : null;
  } catch {
    return null;
  }
}
