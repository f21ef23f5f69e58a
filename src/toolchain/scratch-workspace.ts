/** Small cargo workspaces on disk for this room's tests, with a cargo home of their own and no registry. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type PassResult, runPass } from './instrumented-pass.ts';
import { type CargoSelection, type PassOptions, type PassProgress, plainSelection } from './pass-options.ts';

export interface ScratchWorkspace {
  readonly root: string;
  readonly cargoHome: string;
  readonly env: NodeJS.ProcessEnv;
  write(path: string, text: string): void;
  remove(): void;
}

/** `files` by path below the workspace; `folderName` for odd names. */
export function makeScratchWorkspace(
  files: Readonly<Record<string, string>>,
  folderName = 'ws',
): ScratchWorkspace {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'assay-test-')));
  const root = join(top, folderName);
  const cargoHome = join(top, 'cargo home');
  mkdirSync(cargoHome, { recursive: true });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    if (text.startsWith('#!')) chmodSync(join(root, path), 0o755);
  };
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) write(path, text);
  const env: NodeJS.ProcessEnv = { RUSTUP_HOME: join(homedir(), '.rustup'), CARGO_HOME: cargoHome };
  for (const name of ['PATH', 'HOME', 'RUSTUP_HOME', 'RUSTUP_TOOLCHAIN']) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  return { root, cargoHome, env, write, remove: () => rmSync(top, { recursive: true, force: true }) };
}

/** A library `pear`, and a binary `apple` that depends on it; both have a coroutine. */
export const twoCrates: Readonly<Record<string, string>> = {
  'Cargo.toml': '[workspace]\nmembers = ["apple", "pear"]\nresolver = "2"\n',
  'apple/Cargo.toml':
    '[package]\nname = "apple"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npear = { path = "../pear" }\n',
  'apple/src/main.rs': 'async fn core() { pear::peel().await }\nfn main() { let _ = core(); }\n',
  'pear/Cargo.toml': '[package]\nname = "pear"\nversion = "0.2.0"\nedition = "2021"\n',
  'pear/src/lib.rs': 'pub async fn peel() { slice().await }\npub async fn slice() {}\n',
};

export interface Outcome {
  readonly result: PassResult;
  readonly progress: readonly PassProgress[];
}

/** One pass over a scratch workspace; the lock is given back. */
export async function pass(
  workspace: ScratchWorkspace,
  selection: Partial<CargoSelection> = {},
  options: Partial<PassOptions> = {},
): Promise<Outcome> {
  const progress: PassProgress[] = [];
  const result = await runPass({
    directory: workspace.root,
    selection: { ...plainSelection, ...selection },
    pass: 'check',
    mir: true,
    assayVersion: '0.0.0',
    env: workspace.env,
    onProgress: step => progress.push(step),
    ...options,
  });
  await result.close();
  return { result, progress };
}

/** `package kind chunks` of every MIR unit. */
export function drawUnits(result: PassResult): string {
  return result.evidence.header.mirUnits
    .map(unit => `${unit.package} ${unit.targetKind} ${unit.chunkCount}${unit.unreadable.join()}`)
    .join('\n');
}

/** All MIR of the evidence. */
export async function readMir(result: PassResult): Promise<string> {
  const texts: string[] = [];
  for (const name of result.evidence.partNames) {
    if (name.startsWith('mir/')) texts.push((await result.evidence.readPart(name)) ?? '');
  }
  return texts.join('');
}

/** Path and content hash of everything below a folder; what `skip` names is left out. */
export function treeDigest(folder: string, skip: (path: string) => boolean = () => false): readonly string[] {
  const lines: string[] = [];
  const walk = (relative: string) => {
    for (const name of readdirSync(join(folder, relative)).sort()) {
      const path = relative === '' ? name : `${relative}/${name}`;
      if (skip(path)) continue;
      const found = lstatSync(join(folder, path));
      if (found.isDirectory()) {
        lines.push(`${path}/`);
        walk(path);
      } else {
        const content = found.isSymbolicLink()
          ? readlinkSync(join(folder, path))
          : readFileSync(join(folder, path));
        lines.push(`${path} ${createHash('sha256').update(content).digest('hex').slice(0, 12)}`);
      }
    }
  };
  walk('');
  return lines;
}

/** Runs plain cargo as the user would; stderr is what it says. */
export function plainCargo(workspace: ScratchWorkspace, ...args: readonly string[]): string {
  const run = spawnSync('cargo', args, { cwd: workspace.root, env: workspace.env, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`cargo ${args.join(' ')} failed: ${run.stderr}`);
  return run.stderr;
}
