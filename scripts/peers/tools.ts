/** The tools that are compared: how each is installed, run and read. */
import {
  type ParseOutput,
  parseAssay,
  parseAsyncDoctor,
  parseCargoPerf,
  parseCompilerMessages,
  parseDeslop,
  parseGruff,
  parseLockbud,
  parsePublishedDiagnostics,
  parseRustDoctor,
} from './peer-outputs.ts';

export interface Tool {
  readonly name: string;
  /** What must be installed for it; null for what comes with the toolchain or is Assay itself. */
  readonly crate: PinnedCrate | null;
  /** Program and arguments, run in the corpus. `LANGUAGE-SERVER` as the only argument: one that files are opened in. */
  readonly command: readonly string[];
  /** As a user would type it, where that is not the command. */
  readonly shown?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly output: 'stdout' | 'stderr';
  /** Cargo compiles the members for it, and says on standard error which. */
  readonly compiles?: boolean;
  readonly parse: ParseOutput;
  /** A configuration file that the tool reads, beside the workspace's Cargo.toml. */
  readonly config?: { readonly file: string; readonly text: string };
}

export interface PinnedCrate {
  readonly name: string;
  readonly version: string;
  /** Where it is no crate of the registry. */
  readonly source?: { readonly git: string; readonly commit: string; readonly toolchain: string };
}

/** Paths of types and functions for clippy's configuration. */
export interface KnownPaths {
  readonly guards: readonly string[];
  readonly blocking: readonly string[];
}

// It is linked to this compiler and judges with no other; some dependencies of the corpus ask for a newer one.
const lockbudToolchain = 'nightly-2025-02-01';

export function peerTools(assay: string, known: KnownPaths): Tool[] {
  const clippy = (lints: readonly string[]) => [
    ...['cargo', 'clippy', '--workspace', '--keep-going', '--message-format', 'json', '--'],
    ...lints.flatMap(lint => ['-W', `clippy::${lint}`]),
  ];
  return [
    {
      name: 'assay async',
      crate: null,
      command: [process.execPath, assay, 'async', '-q', '--format', 'json', '--fail-on', 'never'],
      shown: 'assay async -q --format json --fail-on never',
      output: 'stdout',
      parse: parseAssay,
    },
    {
      name: 'rustc',
      crate: null,
      command: ['cargo', 'check', '--workspace', '--keep-going', '--message-format', 'json'],
      output: 'stdout',
      compiles: true,
      parse: parseCompilerMessages,
    },
    {
      name: 'clippy',
      crate: null,
      command: clippy(['large_futures']),
      output: 'stdout',
      compiles: true,
      parse: parseCompilerMessages,
    },
    {
      name: 'clippy, configured',
      crate: null,
      command: clippy(['large_futures', 'significant_drop_in_scrutinee']),
      output: 'stdout',
      compiles: true,
      parse: parseCompilerMessages,
      config: {
        file: 'clippy.toml',
        text: `await-holding-invalid-types = ${pathList(known.guards)}\n`,
      },
    },
    {
      name: 'clippy, blocking calls disallowed',
      crate: null,
      command: clippy(['disallowed_methods']),
      output: 'stdout',
      compiles: true,
      parse: parseCompilerMessages,
      config: { file: 'clippy.toml', text: `disallowed-methods = ${pathList(known.blocking)}\n` },
    },
    {
      name: 'cargo-async-doctor',
      crate: { name: 'cargo-async-doctor', version: '1.0.1' },
      command: ['cargo', 'async-doctor', '--workspace', '--message-format', 'json'],
      output: 'stdout',
      parse: parseAsyncDoctor,
    },
    {
      name: 'lockbud',
      crate: {
        name: 'lockbud',
        version: '0.1.0',
        source: {
          git: 'https://github.com/BurtonQin/lockbud',
          commit: '2ebd731',
          toolchain: lockbudToolchain,
        },
      },
      command: [
        ...['cargo', 'lockbud', '-k', 'deadlock', '--'],
        ...['--workspace', '--keep-going', '--ignore-rust-version'],
      ],
      shown: `cargo +${lockbudToolchain} lockbud -k deadlock -- --workspace --keep-going --ignore-rust-version`,
      env: { RUSTUP_TOOLCHAIN: lockbudToolchain, CARGO_TARGET_DIR: 'target/lockbud' },
      output: 'stderr',
      compiles: true,
      parse: parseLockbud,
    },
    {
      name: 'cargo-perf',
      crate: { name: 'cargo-perf', version: '0.5.4' },
      command: ['cargo-perf', '--format', 'json'],
      output: 'stdout',
      parse: parseCargoPerf,
    },
    {
      name: 'async-rust-lsp',
      crate: { name: 'async-rust-lsp', version: '0.3.1' },
      command: ['async-rust-lsp', 'LANGUAGE-SERVER'],
      shown: 'async-rust-lsp, with each file opened',
      output: 'stdout',
      parse: parsePublishedDiagnostics,
    },
    {
      name: 'rust-doctor',
      crate: { name: 'rust-doctor', version: '0.9.0' },
      command: ['rust-doctor', '--json'],
      output: 'stdout',
      parse: parseRustDoctor,
    },
    {
      name: 'deslop',
      crate: { name: 'deslop', version: '0.2.0' },
      command: ['deslop', 'scan', '--json', '--details', '.'],
      output: 'stdout',
      parse: parseDeslop,
      config: { file: '.deslop.toml', text: 'rust_async_experimental = true\n' },
    },
    {
      name: 'gruff-rs',
      crate: { name: 'gruff-rs', version: '0.5.0' },
      command: ['gruff-rs', 'analyse', '.', '--format', 'json', '--fail-on', 'none'],
      output: 'stdout',
      parse: parseGruff,
    },
  ];
}

/** Arguments of `cargo` that install it into `root`. `checkout` is a folder with its source, instead of the address. */
export function installArguments(crate: PinnedCrate, root: string, checkout: string | null): string[] {
  const { name, version, source } = crate;
  if (source === undefined) return ['install', name, '--version', `=${version}`, '--locked', '--root', root];
  const from = checkout === null ? ['--git', source.git, '--rev', source.commit] : ['--path', checkout];
  return [`+${source.toolchain}`, 'install', ...from, '--locked', '--root', root];
}

function pathList(paths: readonly string[]): string {
  return `[\n${paths.map(path => `  { path = ${JSON.stringify(path)}, allow-invalid = true },\n`).join('')}]`;
}
