/**
 * Runs Assay and its peers on the corpus of real bugs and writes the tables of docs/peers.md:
 *
 *     npm run peers                    with the tools that are installed
 *     npm run peers -- --install       installs the others first, at fixed versions, into target/peers
 *     npm run peers -- --tools DIR     looks for them below DIR instead
 *     npm run peers -- --only WORD     runs tools whose name contains the word and prints; writes nothing
 *     npm run peers -- --lockbud DIR   with --install: lockbud's source, where its address cannot be reached
 *     npm run peers -- --keep DIR      keeps each tool's output in DIR
 *
 * The corpus is copied without its marks. Before each run every member is emptied and the tool is run once, so that the
 * dependencies are compiled; then the members' sources are put back, and that run is the one that is read and timed.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readPairs } from '../tests/corpus/pairs.ts';
import { countLints, judgePair, membersNotCompiled } from './peers/count.ts';
import { publishedDiagnostics } from './peers/language-server.ts';
import { type PeerResult, renderPeers, withTables } from './peers/peer-tables.ts';
import { installArguments, type KnownPaths, peerTools, type Tool } from './peers/tools.ts';

const root = resolve(import.meta.dirname, '..');
const page = join(root, 'docs/peers.md');
const { values: options } = parseArgs({
  options: {
    install: { type: 'boolean', default: false },
    tools: { type: 'string', default: join(root, 'target/peers') },
    only: { type: 'string' },
    lockbud: { type: 'string' },
    keep: { type: 'string' },
  },
});
const toolsFolder = resolve(options.tools);
const env = {
  ...process.env,
  PATH: `${join(toolsFolder, 'bin')}${delimiter}${process.env.PATH}`,
  CARGO_BUILD_JOBS: process.env.CARGO_BUILD_JOBS ?? String(cpus().length),
  CARGO_TERM_COLOR: 'never',
  CARGO_TARGET_DIR: 'target',
};

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-peers-')));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const corpus = join(root, 'tests/corpus');
const pairs = readPairs(corpus).map(pair => ({
  ...pair,
  buggy: unmarked(readFileSync(join(corpus, pair.folder, 'src/buggy.rs'), 'utf8')),
  fixed: unmarked(readFileSync(join(corpus, pair.folder, 'src/fixed.rs'), 'utf8')),
}));
const sources = new Map<string, string>();
copyCorpus();

const results: PeerResult[] = [];
const notInstalled: string[] = [];
for (const tool of peerTools(join(root, 'bin/assay.js'), knownPaths())) {
  if (options.only !== undefined && !tool.name.includes(options.only)) continue;
  if (tool.crate !== null && options.install && versionOf(tool) === null) install(tool);
  const version = versionOf(tool);
  if (version === null) {
    console.error(`${tool.name}: not installed`);
    notInstalled.push(tool.name);
    process.exitCode = 1;
    continue;
  }
  results.push(await compare(tool, version));
}
const tables = renderPeers(pairs, results, env.CARGO_BUILD_JOBS, notInstalled);
if (options.only === undefined) writeFileSync(page, withTables(readFileSync(page, 'utf8'), tables));
else console.log(tables);

async function compare(tool: Tool, version: string): Promise<PeerResult> {
  if (tool.config !== undefined) writeFileSync(join(scratch, tool.config.file), tool.config.text);
  for (const file of sources.keys()) writeFileSync(join(scratch, file), '');
  await run(tool);
  for (const [file, text] of sources) writeFileSync(join(scratch, file), text);
  const load = loadavg()[0]!;
  const started = process.hrtime.bigint();
  const { stdout, stderr, status } = await run(tool);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (tool.config !== undefined) rmSync(join(scratch, tool.config.file));
  const output = tool.output === 'stdout' ? stdout : stderr;
  if (options.keep !== undefined) {
    mkdirSync(options.keep, { recursive: true });
    writeFileSync(join(options.keep, `${tool.name.replaceAll(/\W+/g, '-')}.stdout`), stdout);
    writeFileSync(join(options.keep, `${tool.name.replaceAll(/\W+/g, '-')}.stderr`), stderr);
  }
  const { value: findings, problems } = tool.parse(output, scratch);
  const names = pairs.map(({ name }) => name);
  const notCompiled = tool.compiles === true ? membersNotCompiled(names, stderr) : new Set<string>();
  const verdicts = pairs.map(pair => judgePair(pair, findings, notCompiled));
  const remarks = problems.map(({ what }) => `its output: ${what}`);
  // A linter's exit code may stand for its findings.
  if (status !== 0 && findings.length === 0) remarks.push(`exit code ${status} and no finding`);
  console.error(`${tool.name}: ${findings.length} findings, ${seconds.toFixed(1)} s`);
  return {
    tool: tool.name,
    version,
    command: tool.shown ?? tool.command.join(' '),
    seconds,
    load,
    verdicts,
    lints: countLints(pairs, findings, verdicts),
    remarks,
  };
}

async function run(tool: Tool): Promise<{ stdout: string; stderr: string; status: number | null }> {
  const [program, ...args] = tool.command;
  if (args[0] === 'LANGUAGE-SERVER') {
    const files = [...sources.keys()].map(file => {
      const path = join(scratch, file);
      return { path, text: readFileSync(path, 'utf8') };
    });
    const path = join(toolsFolder, 'bin', program!);
    return { stdout: await publishedDiagnostics(path, scratch, files, 300), stderr: '', status: 0 };
  }
  const result = spawnSync(program!, args, {
    cwd: scratch,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...env, ...ownToolchain(tool), ...tool.env },
  });
  if (result.error !== undefined) throw result.error;
  return { stdout: result.stdout, stderr: result.stderr, status: result.status };
}

function copyCorpus(): void {
  for (const name of ['Cargo.toml', 'Cargo.lock', 'pairs'])
    cpSync(join(corpus, name), join(scratch, name), {
      recursive: true,
      filter: source => !source.endsWith('/target'),
    });
  for (const { folder } of pairs)
    for (const entry of readdirSync(join(scratch, folder, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!entry.endsWith('.rs')) continue;
      const file = `${folder}/src/${entry}`;
      sources.set(file, unmarked(readFileSync(join(scratch, file), 'utf8')));
    }
}

/** The lines stay where they are; nothing of the marks is left for a tool to read. */
function unmarked(source: string): string {
  return source.replaceAll(/[ \t]*\/\/~ [a-z-]+[ \t]*$/gm, '');
}

/** Everything that Assay's own tables know by one path: the most that a user could tell clippy of. */
function knownPaths(): KnownPaths {
  const read = (name: string) => JSON.parse(readFileSync(join(root, 'data/async', name), 'utf8')) as unknown;
  const guards = read('guards.json') as { paths: string[]; acrossAwait: string }[];
  const { calls } = read('blocking.json') as { calls: { paths: string[] }[] };
  const plain = (path: string) => /^\w+(::\w+)+$/.test(path) && !/(^|::)_(::|$)/.test(path);
  return {
    guards: guards
      .filter(({ acrossAwait }) => acrossAwait === 'deny' || acrossAwait === 'warn')
      .flatMap(({ paths }) => paths),
    blocking: calls.flatMap(({ paths }) => paths).filter(plain),
  };
}

/** Null where it is not installed. */
function versionOf(tool: Tool): string | null {
  if (tool.name === 'assay async') {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return version;
  }
  if (tool.crate === null) {
    const words = tool.command[1] === 'clippy' ? ['cargo', 'clippy', '--version'] : ['rustc', '--version'];
    return firstLine(words).replace(/^\w+ /, '');
  }
  const { name, version, source } = tool.crate;
  const listed = spawnSync('cargo', ['install', '--list', '--root', toolsFolder], { encoding: 'utf8' });
  if (!new RegExp(`^${name} v${version.replaceAll('.', '\\.')}\\b`, 'm').test(listed.stdout)) return null;
  return source === undefined ? version : `${version}, commit ${source.commit}, ${source.toolchain}`;
}

function install(tool: Tool): void {
  if (tool.crate === null) return;
  const toolchain = tool.crate.source?.toolchain;
  const parts = ['rust-src', 'rustc-dev', 'llvm-tools-preview'].flatMap(part => ['--component', part]);
  if (toolchain !== undefined)
    spawnSync('rustup', ['toolchain', 'install', toolchain, '--profile', 'minimal', ...parts], {
      stdio: 'inherit',
      env: { ...process.env, ...ownToolchain(tool) },
    });
  spawnSync('cargo', installArguments(tool.crate, toolsFolder, options.lockbud ?? null), {
    stdio: 'inherit',
    env: { ...process.env, CARGO_BUILD_JOBS: env.CARGO_BUILD_JOBS, ...ownToolchain(tool) },
  });
}

/** A toolchain that only one tool needs stays out of the user's own rustup. */
function ownToolchain({ crate }: Tool): Record<string, string> {
  return crate?.source === undefined ? {} : { RUSTUP_HOME: join(toolsFolder, 'rustup') };
}

function firstLine([program, ...args]: readonly string[]): string {
  const result = spawnSync(program!, args, { encoding: 'utf8' });
  return result.stdout.split('\n')[0] ?? '';
}
