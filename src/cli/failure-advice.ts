import type { FailureKind } from '#toolchain/failure.ts';

/** What a reader can do about a failure; null where the message says it all. The rooms below state facts only. */
export function adviceFor(kind: FailureKind): string | null {
  switch (kind) {
    case 'no-manifest':
      return 'run it in a folder with a Cargo.toml, or name one: `cargo assay PATH` or `--manifest-path PATH`';
    case 'no-cargo':
      return 'install Rust, or set CARGO and RUSTC; recorded evidence needs neither: `assay --from FILE`';
    case 'rustc-too-old':
      return 'update with `rustup update`, or check the workspace’s rust-toolchain.toml';
    case 'unwritable-target':
      return 'choose another place with `--target-dir DIRECTORY`';
    case 'disk-full':
      return 'free some space, or choose another place with `--target-dir DIRECTORY`';
    case 'bad-manifest':
    case 'bad-request':
    case 'interrupted':
    case 'timed-out':
    case 'does-not-compile':
    case 'tool-failed':
      return null;
  }
}
