/**
 * Runs Assay, cargo-critpath and cargo-goodtimes on builds of published crates and writes the table of docs/build-peers.md:
 *
 *     npm run peers:build                    with the tools that are installed below target/peers
 *     npm run peers:build -- --install       installs them first, at fixed versions
 *     npm run peers:build -- --tools DIR     looks for them below DIR instead
 *
 * One build of each crate yields cargo's log, its timing page and its verbose output at once, so that Assay and cargo-critpath judge the
 * very same build. cargo-goodtimes takes no build: it runs a `cargo check` of its own.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gatherBuildEvidence } from '#build/gather.ts';
import { judgeBuild } from '#build/judge.ts';
import type { BuildSection } from '#model/build-report.ts';
import type { EvidenceSource } from '#model/evidence.ts';
import { readBuildLog } from './peers/build-log.ts';
import {
  type CritpathSays,
  type GoodtimesSays,
  readCritpath,
  readGoodtimes,
  withKnownScriptNames,
} from './peers/build-peer-outputs.ts';
import { type ComparedBuild, renderBuildPeers } from './peers/build-peer-tables.ts';
import { withTables } from './peers/peer-tables.ts';
import { fetchCrate } from './real-crate.ts';

const root = resolve(import.meta.dirname, '..');
const page = join(root, 'docs/build-peers.md');
const crates = [
  ['bore-cli', '0.6.0'],
  ['miniserve', '0.29.0'],
] as const;
const tools = { 'cargo-critpath': '0.1.0', 'cargo-goodtimes': '0.3.1' } as const;
const jobs = 2;

const { values: options } = parseArgs({
  options: {
    install: { type: 'boolean', default: false },
    tools: { type: 'string', default: join(root, 'target/peers') },
  },
});
const bin = join(resolve(options.tools), 'bin');
for (const [name, version] of Object.entries(tools)) {
  if (options.install)
    run(root, 'cargo', ['install', '--root', resolve(options.tools), '-j1', `${name}@${version}`]);
  if (!existsSync(join(bin, name))) throw new Error(`${name} is not in ${bin}: try --install`);
}

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-build-peers-')));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const home = privateCargoHome(join(scratch, 'home'));

const compared: ComparedBuild[] = [];
for (const [name, version] of crates) compared.push(await compare(name, version));
const rustc = run(root, 'rustc', ['--version']).stdout.trim();
const text = renderBuildPeers(compared, { ...tools, rustc, jobs });
writeFileSync(page, withTables(readFileSync(page, 'utf8'), text, 'npm run peers:build'));
console.error(`wrote ${page}`);

async function compare(name: string, version: string): Promise<ComparedBuild> {
  const folder = join(scratch, name);
  const target = join(scratch, `${name}-target`);
  await fetchCrate(name, version, folder);
  run(folder, 'cargo', ['fetch', '--quiet']);
  const env = {
    CARGO_HOME: home,
    CARGO_BUILD_ANALYSIS_ENABLED: 'true',
    __CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS: 'nightly',
  };
  const shared = [`-j${jobs}`, '--offline', '--target-dir', target];
  console.error(`${name} ${version}: building`);
  const build = run(folder, 'cargo', ['build', '--timings', '-v', '-Zbuild-analysis', ...shared], env);
  const logs = readdirSync(join(home, 'log'));
  const events = readFileSync(join(home, 'log', logs[0]!), 'utf8');
  rmSync(join(home, 'log'), { recursive: true });
  const graph = run(folder, 'cargo', ['build', '--unit-graph', '-Zunstable-options', ...shared], env).stdout;
  const metadata = run(folder, 'cargo', ['metadata', '--format-version', '1', '--offline'], env).stdout;
  const log = readBuildLog(events, metadata);
  const parts = { 'build-events.jsonl': events, 'unit-graph.json': graph, 'cargo-metadata.json': metadata };
  return {
    crate: `${name} ${version}`,
    log,
    finished: /Finished .* in (.*)/.exec(build.stderr)?.[1] ?? '',
    assay: await assaySays(parts, log.lastEndSeconds),
    critpath: critpathSays(folder, target, build.stderr, metadata),
    goodtimes: goodtimesSays(folder, join(scratch, `${name}-goodtimes`)),
  };
}

/** The section as `assay build --advise` makes it of such a log. Neither calibration nor the compiler's own sections are in it. */
async function assaySays(
  parts: { readonly [name: string]: string },
  wallSeconds: number,
): Promise<BuildSection> {
  const source: EvidenceSource = {
    header: {
      ...{ schema: 'assay-evidence/1', assay: '', root: '', rustcVersionVerbose: '' },
      ...{ cargoVersionVerbose: '', pass: 'build', runs: [], mirUnits: [], failures: [] },
      ...{ cpuSeconds: null, wallSeconds },
    },
    partNames: Object.keys(parts).toSorted(),
    readPart: async name => parts[name] ?? null,
  };
  return judgeBuild(await gatherBuildEvidence(source), { whatIf: [], advise: true }).section;
}

function critpathSays(folder: string, target: string, verbose: string, metadata: string) {
  const call = (log: string): { readonly says: CritpathSays | null; readonly refusal: string } => {
    const files = { log: join(folder, 'build.log'), metadata: join(folder, 'metadata.json') };
    writeFileSync(files.log, log);
    writeFileSync(files.metadata, metadata);
    const timings = join(target, 'cargo-timings/cargo-timing.html');
    const args = ['--log', files.log, '--timings', timings, '--metadata', files.metadata, '--format', 'json'];
    const { stdout, stderr, status } = spawnSync(join(bin, 'cargo-critpath'), ['critpath', ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return status === 0
      ? { says: readCritpath(stdout), refusal: '' }
      : { says: null, refusal: stderr.trim().split('. ')[0]! };
  };
  const plain = call(verbose);
  const changed = plain.says === null ? withKnownScriptNames(verbose) : null;
  return changed === null ? plain : { says: call(changed).says, refusal: plain.refusal };
}

function goodtimesSays(folder: string, target: string): GoodtimesSays {
  const env = { CARGO_TARGET_DIR: target, CARGO_BUILD_JOBS: String(jobs), CARGO_NET_OFFLINE: 'true' };
  run(folder, join(bin, 'cargo-goodtimes'), ['goodtimes', '--include-deps', '--no-open'], env);
  return readGoodtimes(readFileSync(join(target, 'cargo-goodtimes/index.html'), 'utf8'));
}

/** cargo writes its log into its home; the user's own stays as it is. */
function privateCargoHome(path: string): string {
  const own = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  mkdirSync(path);
  for (const entry of ['registry', 'git', 'config.toml', 'config'])
    if (existsSync(join(own, entry))) symlinkSync(join(own, entry), join(path, entry));
  return path;
}

function run(cwd: string, program: string, args: readonly string[], env: Record<string, string> = {}) {
  const result = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, CARGO_TERM_COLOR: 'never', ...env },
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')}\n${result.stderr}`);
  return result;
}
