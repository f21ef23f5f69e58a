import type { ToolFailure } from '#model/report.ts';

/**
 * Why the toolchain could not do what was asked. Facts only; the CLI adds the advice.
 *
 * - `no-manifest`        there is no Cargo.toml here or above
 * - `bad-manifest`       cargo cannot read the workspace (manifest, lock file, features, registry); its words are in `output`
 * - `bad-request`        cargo refused the flags: an unknown package, feature, profile or target
 * - `no-cargo`           cargo or rustc could not be started
 * - `rustc-too-old`      older than `oldestRustc`
 * - `unwritable-target`  nothing can be written under `<target>/assay`
 * - `disk-full`          ENOSPC (or a quota) while writing
 * - `interrupted`        Ctrl-C, a signal or the caller's AbortSignal
 * - `timed-out`          a tool did not end within its deadline
 * - `does-not-compile`   never thrown by a pass: it is in the evidence's `failures`, and the rest is still judged
 * - `tool-failed`        anything else that a tool refused
 */
export type FailureKind =
  | 'no-manifest'
  | 'bad-manifest'
  | 'bad-request'
  | 'no-cargo'
  | 'rustc-too-old'
  | 'unwritable-target'
  | 'disk-full'
  | 'interrupted'
  | 'timed-out'
  | 'does-not-compile'
  | 'tool-failed';

/** The one error class that leaves this room. Everything else is a bug of ours. */
export class ToolchainFailure extends Error {
  readonly kind: FailureKind;
  /** The tool that failed: `cargo`, `rustc`, or `assay` for our own files. */
  readonly tool: string;
  /** What the tool printed, whole; empty where it printed nothing. */
  readonly output: string;

  constructor(kind: FailureKind, tool: string, message: string, output = '', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ToolchainFailure';
    this.kind = kind;
    this.tool = tool;
    this.output = output;
  }

  /**
   * Exit code of the command for this failure: 2 where the request was wrong (no workspace, a flag that cargo refuses), 130 when interrupted,
   * 3 where a tool failed.
   */
  get exitCode(): 2 | 3 | 130 {
    if (this.kind === 'no-manifest' || this.kind === 'bad-manifest' || this.kind === 'bad-request') return 2;
    return this.kind === 'interrupted' ? 130 : 3;
  }

  toToolFailure(): ToolFailure {
    return { tool: this.tool, message: this.message, output: this.output };
  }
}

/** Turns an error of a file operation into a failure; anything that is not one is returned as it is. */
export function failureFromFileError(error: unknown, what: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ToolchainFailure('disk-full', 'assay', `no space left while writing ${what}`, '', error);
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return new ToolchainFailure('unwritable-target', 'assay', `cannot write ${what} (${code})`, '', error);
  }
  return error;
}
