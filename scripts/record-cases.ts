/**
 * Compiles the blocks of every rule's cases.md with the real rustc and keeps their MIR beside them, so that the rules
 * are tested where no Rust is installed too: `npx tsx scripts/record-cases.ts`. Blocks with `deps=` go through cargo and
 * need the crate registry. The compiler that made the recordings is named in recorded/PROVENANCE.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { caseSource, parseCases, type RuleCase } from '#rules/case-file.ts';

/** Versions that `deps=` stands for. */
const dependencies: Record<string, string> = {
  tokio: '{ version = "=1.54.1", features = ["sync", "rt", "macros", "fs", "io-util", "net", "time"] }',
  'tokio-util': '{ version = "=0.7.20", features = ["codec"] }',
  'async-compression': '{ version = "=0.4.52", features = ["tokio", "gzip"] }',
  'async-trait': '"=0.1.92"',
  futures: '"=0.3.34"',
  parking_lot: '"=0.12.5"',
};

const dumpFlags = [
  '-Zdump-mir=StateTransform & {closure# | built',
  '-Zdump-mir-exclude-pass-number',
  '-Zdump-mir-exclude-alloc-bytes=yes',
  '-Zmir-include-spans=on',
  '-Ztrim-diagnostic-paths=no',
];

/** The MIR of one block as the instrumented pass would record it; `toolchain` is a rustup name such as `+nightly`. */
export function compileCase(
  rustCase: RuleCase,
  all: readonly RuleCase[],
  toolchain: string | null = null,
): string {
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
): string {
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
  const flags = [...dumpFlags, '-Zdump-mir-dir=dumps'];
  execFileSync(
    'rustc',
    [...head, '--edition', rustCase.edition, '--crate-name', name, ...externs, ...flags, 'case.rs'],
    {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  return readDumps(join(folder, 'dumps'));
}

function withCargo(rustCase: RuleCase, folder: string, toolchain: string | null): string {
  const needed = rustCase.deps.map(name => `${name} = ${dependencies[name]}`).join('\n');
  const manifest = `[package]\nname = "case"\nversion = "0.0.0"\nedition = "${rustCase.edition}"\n[lib]\npath = "case.rs"\n[dependencies]\n${needed}\n`;
  writeFileSync(join(folder, 'Cargo.toml'), manifest);
  writeFileSync(join(folder, 'case.rs'), caseSource(rustCase));
  const flags = [...dumpFlags, '-Zdump-mir-dir=dumps'];
  const args = ['rustc', '-q', '-j1', '--lib', '--profile', 'check', '--', '--cap-lints=allow', ...flags];
  execFileSync('cargo', [...(toolchain === null ? [] : [toolchain]), ...args], {
    cwd: folder,
    env: { ...process.env, RUSTC_BOOTSTRAP: '1', CARGO_INCREMENTAL: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return readDumps(join(folder, 'dumps'));
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
  return text.replace(/\/\S*\/registry\/src\/[^/]+\//g, '/registry/');
}

function wordsOf(argument: string | undefined): [word: string | undefined, rule: string | undefined] {
  const slash = argument?.indexOf('/') ?? -1;
  return argument === undefined || slash < 0
    ? [argument, undefined]
    : [argument.slice(slash + 1), argument.slice(0, slash)];
}

function main(): void {
  const rules = new URL('../src/async/rules/', import.meta.url);
  for (const rule of readdirSync(rules, { withFileTypes: true })) {
    if (!rule.isDirectory()) continue;
    const folder = fileURLToPath(new URL(`${rule.name}/`, rules));
    const cases = parseCases(readFileSync(join(folder, 'cases.md'), 'utf8'), rule.name);
    // A word of the case's name, or `rule/word`.
    const [only, inRule] = wordsOf(process.argv[2]);
    if (inRule !== undefined && rule.name !== inRule) continue;
    if (only === undefined) rmSync(join(folder, 'recorded'), { recursive: true, force: true });
    mkdirSync(join(folder, 'recorded'), { recursive: true });
    for (const rustCase of cases) {
      if (only !== undefined && !rustCase.name.includes(only)) continue;
      try {
        const mir = compileCase(rustCase, cases);
        writeFileSync(join(folder, 'recorded', `${rustCase.name}.mir.gz`), gzipSync(mir, { level: 9 }));
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
