/**
 * Compiles the blocks of every rule's cases.md with the real rustc and keeps their MIR beside them, so that the rules
 * are tested where no Rust is installed too: `npx tsx scripts/record-cases.ts [WORD]`, WORD being a part of `rule/case`. Blocks with `deps=` go through cargo and
 * need the crate registry. The compiler that made the recordings is named in recorded/PROVENANCE.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Recording } from '#async/rules/judge-case.ts';
import { caseSource, parseCases, type RuleCase } from '#rules/case-file.ts';
import { sectionsOfFutures, typeSizesFlag } from '../src/toolchain/type-sizes.ts';

/** Versions that `deps=` stands for. */
const dependencies: Record<string, string> = {
  tokio: '{ version = "=1.54.1", features = ["full"] }',
  'futures-util': '"=0.3.31"',
  'async-compression': '{ version = "=0.4.52", features = ["tokio", "gzip"] }',
  parking_lot: '"=0.12.5"',
  tracing: '"=0.1.44"',
  'tokio-util': '{ version = "=0.7.19", features = ["rt", "codec"] }',
  futures: '"=0.3.34"',
  'async-stream': '"=0.3.6"',
  'async-trait': '"=0.1.89"',
  smol: '"=2.0.2"',
  'async-std': '"=1.13.2"',
  'async-io': '"=2.6.0"',
  'async-compat': '"=0.2.6"',
  pollster: '"=0.4.0"',
  'futures-executor': '{ version = "=0.3.34", features = ["thread-pool"] }',
  'embassy-sync': '"=0.7.2"',
  'embassy-futures': '"=0.1.2"',
  'embassy-time': '"=0.5.1"',
  'event-listener': '"=5.4.2"',
  'async-channel': '"=2.5.0"',
};

const dumpFlags = [
  '-Zdump-mir=StateTransform & {closure# | built',
  '-Zdump-mir-exclude-pass-number',
  '-Zdump-mir-exclude-alloc-bytes=yes',
  '-Zmir-include-spans=on',
  '-Ztrim-diagnostic-paths=no',
];

/** One block compiled; `toolchain` is a rustup name such as `+nightly`. */
export function compileCase(
  rustCase: RuleCase,
  all: readonly RuleCase[],
  toolchain: string | null = null,
): Recording {
  const folder = mkdtempSync(join(tmpdir(), 'assay-case-'));
  try {
    return rustCase.deps.length > 0
      ? withCargo(rustCase, folder, toolchain)
      : withRustc(rustCase, all, folder, toolchain);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withRustc(
  rustCase: RuleCase,
  all: readonly RuleCase[],
  folder: string,
  toolchain: string | null,
): Recording {
  const env = { ...process.env, RUSTC_BOOTSTRAP: '1' };
  const head = [
    ...(toolchain === null ? [] : [toolchain]),
    '--crate-type',
    'lib',
    '--emit=metadata',
    '--cap-lints=allow',
  ];
  const externs: string[] = [];
  if (rustCase.extern !== null) {
    const library = all.find(other => other.crate === rustCase.extern);
    if (library === undefined) throw new Error(`no block has crate=${rustCase.extern}`);
    writeFileSync(join(folder, 'library.rs'), caseSource(library));
    const name = library.crate ?? '';
    execFileSync('rustc', [...head, '--edition', library.edition, '--crate-name', name, 'library.rs'], {
      cwd: folder,
      env,
    });
    externs.push('--extern', `${name}=lib${name}.rmeta`);
  }
  writeFileSync(join(folder, 'case.rs'), caseSource(rustCase));
  const name = rustCase.crate ?? 'case';
  const flags = flagsFor(rustCase);
  const said = execFileSync(
    'rustc',
    [...head, '--edition', rustCase.edition, '--crate-name', name, ...externs, ...flags, 'case.rs'],
    {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  return { mir: readDumps(join(folder, 'dumps')), sizes: withoutPaths(sectionsOfFutures(said)) };
}

function withCargo(rustCase: RuleCase, folder: string, toolchain: string | null): Recording {
  const needed = rustCase.deps.map(name => `${name} = ${dependencies[name]}`).join('\n');
  const manifest = `[package]\nname = "case"\nversion = "0.0.0"\nedition = "${rustCase.edition}"\n[lib]\npath = "case.rs"\n[dependencies]\n${needed}\n`;
  writeFileSync(join(folder, 'Cargo.toml'), manifest);
  writeFileSync(join(folder, 'case.rs'), caseSource(rustCase));
  const flags = flagsFor(rustCase);
  const args = ['rustc', '-q', '-j1', '--lib', '--profile', 'check', '--', '--cap-lints=allow', ...flags];
  const said = execFileSync('cargo', [...(toolchain === null ? [] : [toolchain]), ...args], {
    cwd: folder,
    env: {
      ...process.env,
      RUSTC_BOOTSTRAP: '1',
      CARGO_INCREMENTAL: '0',
      CARGO_TARGET_DIR: sharedTarget(),
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { mir: readDumps(join(folder, 'dumps')), sizes: withoutPaths(sectionsOfFutures(said)) };
}

function flagsFor({ sizes }: RuleCase): string[] {
  return [...dumpFlags, '-Zdump-mir-dir=dumps', ...(sizes ? [typeSizesFlag] : [])];
}

let target: string | null = null;

/** One target directory for all cases of a process, so that each dependency is compiled once. */
function sharedTarget(): string {
  if (target === null) {
    const folder = mkdtempSync(join(tmpdir(), 'assay-case-target-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    target = folder;
  }
  return target;
}

/** Machine paths of other crates' sources are cut to the crate's folder. */
function readDumps(folder: string): string {
  const files = readdirSync(folder).filter(file =>
    /\.(StateTransform\.before|built\.after)\.mir$/.test(file),
  );
  const text = files
    .sort()
    .map(file => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  return withoutPaths(text);
}

/** Machine paths of other crates' sources are cut to the crate's folder. */
function withoutPaths(text: string): string {
  return text.replace(/\/\S*\/registry\/src\/[^/]+\//g, '/registry/');
}

function isMeant(ruleName: string, { name }: RuleCase, word: string): boolean {
  return `${ruleName}/${name}`.includes(word);
}

function main(): void {
  const rules = new URL('../src/async/rules/', import.meta.url);
  for (const rule of readdirSync(rules, { withFileTypes: true })) {
    if (!rule.isDirectory()) continue;
    const folder = fileURLToPath(new URL(`${rule.name}/`, rules));
    const only = process.argv[2];
    const cases = parseCases(readFileSync(join(folder, 'cases.md'), 'utf8'), rule.name);
    if (only !== undefined && !cases.some(rustCase => isMeant(rule.name, rustCase, only))) continue;
    if (only === undefined) rmSync(join(folder, 'recorded'), { recursive: true, force: true });
    mkdirSync(join(folder, 'recorded'), { recursive: true });
    for (const rustCase of cases) {
      if (only !== undefined && !isMeant(rule.name, rustCase, only)) continue;
      try {
        const { mir, sizes } = compileCase(rustCase, cases);
        const path = join(folder, 'recorded', rustCase.name);
        writeFileSync(`${path}.mir.gz`, gzipSync(mir, { level: 9 }));
        if (rustCase.sizes) writeFileSync(`${path}.sizes.gz`, gzipSync(sizes, { level: 9 }));
      } catch (error) {
        console.error(`${rustCase.name}: ${(error as { stderr?: Buffer }).stderr?.toString() ?? error}`);
        process.exitCode = 1;
      }
    }
    const rustc = execFileSync('rustc', ['-V'], { encoding: 'utf8' }).trim();
    const provenance = `# Recorded MIR\n\nThe blocks of ../cases.md, compiled with ${rustc} by scripts/record-cases.ts; one file per block, each the\ndumps of its functions one behind the other, compressed. Dependencies: ${Object.entries(
      dependencies,
    )
      .map(([name, spec]) => `${name} ${/=([\d.]+)/.exec(spec)?.[1]}`)
      .join(', ')}.\n`;
    writeFileSync(join(folder, 'recorded', 'PROVENANCE.md'), provenance);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
