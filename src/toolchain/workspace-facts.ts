/** The little of `cargo metadata` that a pass needs; formats/cargo-metadata reads the rest from the evidence. */
import { dirname, join } from 'node:path';
import { buildArguments, resolutionArguments } from './cargo-arguments.ts';
import { ToolchainFailure } from './failure.ts';
import type { Toolchain } from './locate.ts';
import type { CargoSelection } from './pass-options.ts';
import { runTool } from './run-tool.ts';

export interface WorkspaceFacts {
  readonly root: string;
  readonly targetDir: string;
  /** Directories of the members' manifests, as cargo spells them. */
  readonly memberDirs: readonly string[];
  readonly memberIds: readonly string[];
  /** Manifests of every package that is on this disk as source (members and path dependencies). */
  readonly pathManifests: readonly string[];
}

/** Directory of the workspace's root manifest. Throws `no-manifest`, `bad-manifest`. */
export async function locateWorkspaceRoot(
  toolchain: Pick<Toolchain, 'cargo'>,
  selection: CargoSelection,
  directory: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const args = ['locate-project', '--workspace', '--message-format', 'plain', '--color', 'never'];
  if (selection.manifestPath !== null) args.push('--manifest-path', selection.manifestPath);
  const result = await runTool({
    program: toolchain.cargo,
    args,
    cwd: directory,
    env,
    signal,
    deadlineMs: 60_000,
  });
  if (result.exitCode === 0) return dirname(result.stdout.trim());
  throw manifestFailure(result.stderr, selection);
}

/**
 * Output of `cargo metadata --format-version 1` for the platforms that a build of this selection has to do with. Without
 * a platform cargo would download the packages of every other one into the user's cargo home. Throws `no-manifest`,
 * `bad-manifest`.
 */
export async function readMetadata(
  toolchain: Pick<Toolchain, 'cargo' | 'host'>,
  selection: CargoSelection,
  buildTargets: readonly string[],
  directory: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<string> {
  const args = ['metadata', '--format-version', '1', '--color', 'never', ...resolutionArguments(selection)];
  for (const platform of platformsOf(toolchain.host, selection, buildTargets))
    args.push('--filter-platform', platform);
  const said: string[] = [];
  const onStderrLine = (line: string) => {
    said.push(line);
    onLine(line);
  };
  const result = await runTool({
    program: toolchain.cargo,
    args,
    cwd: directory,
    // To know a platform cargo asks rustc, and would keep the answer in the user's target directory.
    env: { ...env, CARGO_CACHE_RUSTC_INFO: '0' },
    signal,
    onStderrLine,
  });
  if (result.exitCode === 0) return result.stdout;
  throw manifestFailure(said.join('\n'), selection);
}

/**
 * The host, where build scripts and proc macros run, and the targets. None where a target is a file: the packages that
 * it needs are not known by a name.
 */
function platformsOf(host: string, selection: CargoSelection, buildTargets: readonly string[]): string[] {
  const targets = selection.triples.length > 0 ? selection.triples : buildTargets;
  if (targets.some(target => /[\\/]|\.json$/.test(target))) return [];
  return [...new Set([host, ...targets.map(target => (target === 'host-tuple' ? host : target))])];
}

/** The unit graph as cargo prints it; null where this cargo does not print one. */
export async function readUnitGraph(
  toolchain: Pick<Toolchain, 'cargo'>,
  selection: CargoSelection,
  pass: 'check' | 'build' | 'test',
  cargoDir: string,
  directory: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | null> {
  const flags = ['--unit-graph', '-Zunstable-options', '--color', 'never', '--target-dir', cargoDir];
  const args = [pass, ...flags, ...buildArguments(selection)];
  const result = await runTool({ program: toolchain.cargo, args, cwd: directory, env, signal });
  return result.exitCode === 0 && result.stdout.startsWith('{') ? result.stdout : null;
}

/** Throws `tool-failed` when the text is not cargo's metadata. */
export function workspaceFacts(metadata: string): WorkspaceFacts {
  let json: Metadata;
  try {
    json = JSON.parse(metadata) as Metadata;
    const members = new Set(json.workspace_members);
    const inWorkspace = json.packages.filter(krate => members.has(krate.id));
    return {
      root: json.workspace_root,
      targetDir: json.target_directory,
      memberDirs: inWorkspace.map(krate => dirname(krate.manifest_path)).sort(),
      memberIds: [...json.workspace_members].sort(),
      pathManifests: json.packages
        .filter(krate => krate.source === null)
        .map(krate => krate.manifest_path)
        .sort(),
    };
  } catch (error) {
    throw new ToolchainFailure('tool-failed', 'cargo', 'cargo metadata printed no metadata', metadata, error);
  }
}

/** Fields of `cargo metadata` format 1 that are used here. */
interface Metadata {
  readonly packages: readonly {
    readonly id: string;
    readonly manifest_path: string;
    readonly source: string | null;
  }[];
  readonly workspace_members: readonly string[];
  readonly workspace_root: string;
  readonly target_directory: string;
}

/** What a manifest or a target path depends on besides its own text: the folders where cargo looks for targets. */
export function watchedPaths(facts: WorkspaceFacts): string[] {
  const paths = new Set([join(facts.root, 'Cargo.toml'), join(facts.root, 'Cargo.lock')]);
  for (const manifest of facts.pathManifests) {
    const folder = dirname(manifest);
    paths.add(manifest);
    for (const name of ['', 'src', 'src/bin', 'tests', 'examples', 'benches', 'build.rs'])
      paths.add(join(folder, name));
    // A glob in `members` gains a member when a folder beside this one appears.
    for (let at = dirname(folder); at.startsWith(facts.root) && at !== facts.root; at = dirname(at))
      paths.add(at);
  }
  paths.delete(facts.root);
  return [...paths];
}

function manifestFailure(output: string, selection: CargoSelection): ToolchainFailure {
  const words = output.trim();
  const missing =
    words.includes('could not find `Cargo.toml`') || /manifest path `.*` does not exist/.test(words);
  if (missing) {
    const where =
      selection.manifestPath === null ? 'here or in any parent directory' : `at ${selection.manifestPath}`;
    return new ToolchainFailure('no-manifest', 'cargo', `no Cargo.toml ${where}`, words);
  }
  return new ToolchainFailure('bad-manifest', 'cargo', 'cargo cannot read the workspace', words);
}
