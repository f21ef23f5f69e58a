/**
 * Which dependencies and features a workspace compiles without, each shown by a compilation. On a copy: the user's manifests stay.
 *
 * A dependency is tried when rustc's lint says that no target uses it. It is claimed when no source and no text has its name (code
 * for other platforms, other features and doc tests is not compiled here), when neither it nor what it needs has a build script
 * (a check does not link what that gives), when without it cargo plans no other unit otherwise (it may be there to switch on a feature of another), and when all targets of the workspace
 * then compile, with the features asked for, with all and with none, as far as they compile at all.
 *
 * A feature is tried when cargo would build fewer units without it. What it does at run time, or on other platforms, no compilation
 * shows, and the claim says so.
 */
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Proof } from '#model/build.ts';
import { resolutionArguments, shownCommand } from '../cargo-arguments.ts';
import { ToolchainFailure } from '../failure.ts';
import type { CargoSelection, PassOptions } from '../pass-options.ts';
import { cargoEnvironment, type Preparation } from '../preparation.ts';
import { channelOverride } from '../probe.ts';
import { runTool } from '../run-tool.ts';
import { openCopy } from '../workspace-copy.ts';
import { readUnitGraph } from '../workspace-facts.ts';
import { type Candidate, candidatesIn, manifestsOf } from './candidates.ts';
import { isUnused, readLint } from './lint.ts';
import { withoutDependency, withoutFeature } from './manifest-edit.ts';
import { planDifference } from './plan-difference.ts';

export const proofsPart = 'proofs.jsonl';

// Limit: what is left when so many compilations were made is told as not tried.
const triesMax = 80;

/** The text of the part. Throws `bad-request` where nothing can be proved here, and `interrupted`. */
export async function prove(
  options: PassOptions,
  preparation: Preparation,
  signal: AbortSignal,
): Promise<string> {
  const { root, memberDirs, targetDir } = preparation.facts;
  if (process.platform === 'win32')
    throw new ToolchainFailure('bad-request', 'assay', '--prove is not available on Windows');
  const bench = await openBench(options, preparation, signal);
  const { candidates, unjudged } = candidatesIn(preparation.metadata);
  const proofs: Proof[] = unjudged.map(({ member, what, why }) =>
    unknownProof({ kind: 'dependency', member, section: '', name: what, feature: null, package: '' }, why),
  );
  /** The folders of other members, where they are not around this one. */
  const leftOutFor = ({ manifest }: Candidate) =>
    new Set([
      targetDir,
      ...memberDirs.filter(other => other !== dirname(manifest) && !manifest.startsWith(`${other}${sep}`)),
    ]);
  /** Features that everything compiles without, with their places in `proofs`. */
  const spared: { readonly candidate: Candidate; readonly place: number }[] = [];
  const tried = new Set<string>();
  let tries = 0;
  const say = (what: string) =>
    options.onProgress?.({ stage: 'measuring', what, done: tries, total: triesMax });

  say('compiling all targets, to see what is unused');
  const baseline = await bench.baseline();
  if (baseline.refusal !== null) {
    const why = `the workspace does not compile with all its targets: ${baseline.refusal}`;
    return linesOf([...proofs, ...candidates.map(candidate => unknownProof(factsOf(candidate), why))]);
  }
  const linted = readLint(baseline.lines);
  for (const candidate of candidates) {
    const unknown = (why: string) => proofs.push(unknownProof(factsOf(candidate), why));
    const id = bench.idInCopy(candidate.memberId);
    if (candidate.kind === 'dependency' && !isUnused(linted, id, candidate.section, candidate.externName))
      continue;
    if (candidate.kind === 'dependency') {
      // A check links nothing, and a build script gives its dependents native libraries, folders of them, and `DEP_…` variables.
      if (candidate.hasScript) {
        unknown('it or what it needs has a build script, and what that gives to the linker is in no check');
        continue;
      }
      const named = await firstMention(root, candidate.externName, leftOutFor(candidate));
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
      if (outcome.word === 'compiles' && candidate.kind === 'feature')
        spared.push({ candidate, place: proofs.length });
      proofs.push({
        ...factsOf(candidate),
        outcome: outcome.word,
        why: outcome.why,
        commands: outcome.word === 'compiles' ? baseline.commands.map(bench.shown) : [],
        together: true,
        gone: 'gone' in outcome ? outcome.gone.map(key => bench.idInWorkspace(key)) : [],
      });
    }
  }
  if (spared.length > 1) {
    say('without all of these features at once');
    const edits = await editedAll(
      spared.map(({ candidate }) => candidate),
      root,
    );
    const failed = await bench.withoutAll(edits, () => bench.compile(baseline.commands));
    if (failed !== null) {
      for (const { place } of spared) proofs[place] = { ...proofs[place]!, together: false };
    }
  }
  return linesOf(proofs);
}

function factsOf({
  kind,
  member,
  section,
  key,
  feature,
  package: of,
}: Candidate): Pick<Proof, 'kind' | 'member' | 'section' | 'name' | 'feature' | 'package'> {
  return { kind, member, section, name: key, feature, package: of };
}

function unknownProof(facts: ReturnType<typeof factsOf>, why: string): Proof {
  return { ...facts, outcome: 'unknown', why, commands: [], together: true, gone: [] };
}

function linesOf(proofs: readonly Proof[]): string {
  return proofs.map(proof => `${JSON.stringify(proof)}\n`).join('');
}

interface Edit {
  readonly manifest: string;
  readonly text: string;
}

/** Of the first manifest that has it so; null where none does. */
async function editedManifest(
  candidate: Candidate,
  root: string,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<Edit | null> {
  for (const manifest of manifestsOf(candidate, root)) {
    const text = texts.get(manifest) ?? (await readFile(manifest, 'utf8'));
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

/** Manifests without all of the candidates. */
async function editedAll(candidates: readonly Candidate[], root: string): Promise<readonly Edit[]> {
  const texts = new Map<string, string>();
  for (const candidate of candidates) {
    const edit = await editedManifest(candidate, root, texts);
    if (edit !== null) texts.set(edit.manifest, edit.text);
  }
  return [...texts].map(([manifest, text]) => ({ manifest, text }));
}

/**
 * The first file that has the crate's name as a word, beside manifests: in the member's folder, or in the workspace outside of other
 * members, as a text is that a crate includes. A path, an attribute's string and a doc test are all a word; so is a remark, which
 * only makes a claim less. Not seen: files of another member, and outside of the workspace.
 */
async function firstMention(
  folder: string,
  externName: string,
  leftOut: ReadonlySet<string>,
  depth = 0,
): Promise<string | null> {
  const pattern = new RegExp(`\\b${externName}\\b`);
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    if (leftOut.has(path) || name === '.git' || name === 'Cargo.toml' || name === 'Cargo.lock') continue;
    // Followed: a linked folder is compiled like any other.
    const entry = await stat(path).catch(() => null);
    if (entry?.isDirectory() && depth < depthMax) {
      if ((await stat(join(path, 'CACHEDIR.TAG')).catch(() => null)) !== null) continue;
      const found = await firstMention(path, externName, leftOut, depth + 1);
      if (found !== null) return found;
    } else if (entry?.isFile() && entry.size < textBytesMax && pattern.test(await readFile(path, 'utf8')))
      return path;
  }
  return null;
}

// Limits: links that lead in a circle, and files that are no text.
const depthMax = 24;
const textBytesMax = 4e6;

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
  const { root } = preparation.facts;
  const home = join(assayDir, 'prove');
  const checkDir = join(home, 'check');
  const { folder: copy, ...opened } = await openCopy(home, options, preparation);
  // Members alone are compiled through it; `--force-warn` is heard whatever a crate allows or denies.
  const lint = join(home, 'lint.sh');
  await writeFile(lint, '#!/bin/sh\nexec "$@" --force-warn unused-crate-dependencies\n');
  await chmod(lint, 0o755);
  const env: NodeJS.ProcessEnv = {
    ...cargoEnvironment(options.env, assayDir, null),
    CARGO_BUILD_BUILD_DIR: checkDir,
    RUSTC_WORKSPACE_WRAPPER: lint,
  };
  const cwd = opened.directory;
  const selection: CargoSelection = { ...opened.selection, locked: false, frozen: false, offline: true };
  const { manifestPath } = selection;
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

  /** With other manifests, and cargo's lock file as it follows from them; all are taken back. */
  const withEdits = async <T>(edits: readonly Edit[], body: () => Promise<T>): Promise<T> => {
    const manifests = edits.map(({ manifest }) => opened.of(manifest));
    const paths = [join(copy, 'Cargo.lock'), ...manifests];
    const before = await Promise.all(paths.map(path => readFile(path, 'utf8').catch(() => null)));
    try {
      for (const [index, { text }] of edits.entries()) await writeFile(manifests[index]!, text);
      return await body();
    } finally {
      for (const [index, text] of before.entries()) if (text !== null) await writeFile(paths[index]!, text);
    }
  };
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
    without: <T>(edit: Edit, body: () => Promise<T>) => withEdits([edit], body),
    withoutAll: withEdits,
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
