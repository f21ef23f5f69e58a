/**
 * The part of cargo's `--message-format=json` that a pass must understand while it runs. Source: The Cargo Book,
 * "External tools". Lines of another shape are kept in the evidence and ignored here.
 */
import { basename, dirname } from 'node:path';

export interface CompilerArtifact {
  readonly packageId: string;
  readonly targetKind: readonly string[];
  readonly crateTypes: readonly string[];
  readonly srcPath: string;
  readonly targetName: string;
  readonly edition: string;
  readonly test: boolean;
  readonly features: readonly string[];
  readonly filenames: readonly string[];
  readonly fresh: boolean;
}

export type CargoMessage =
  | { readonly kind: 'artifact'; readonly artifact: CompilerArtifact }
  | { readonly kind: 'diagnostic'; readonly level: string; readonly rendered: string }
  | { readonly kind: 'script-run' }
  | { readonly kind: 'finished'; readonly success: boolean }
  | { readonly kind: 'other' };

export function parseCargoMessage(line: string): CargoMessage {
  let json: Wire;
  try {
    json = JSON.parse(line) as Wire;
  } catch {
    return { kind: 'other' };
  }
  if (json.reason === 'compiler-artifact' && json.target !== undefined) {
    const { target } = json;
    const artifact: CompilerArtifact = {
      packageId: json.package_id ?? '',
      targetKind: target.kind ?? [],
      crateTypes: [...(target.crate_types ?? [])].sort(),
      srcPath: target.src_path ?? '',
      targetName: target.name ?? '',
      edition: target.edition ?? '2015',
      test: json.profile?.test ?? false,
      features: [...(json.features ?? [])].sort(),
      filenames: json.filenames ?? [],
      fresh: json.fresh ?? false,
    };
    return { kind: 'artifact', artifact };
  }
  if (json.reason === 'compiler-message') {
    return { kind: 'diagnostic', level: json.message?.level ?? '', rendered: json.message?.rendered ?? '' };
  }
  if (json.reason === 'build-script-executed') return { kind: 'script-run' };
  if (json.reason === 'build-finished') return { kind: 'finished', success: json.success ?? false };
  return { kind: 'other' };
}

interface Wire {
  readonly reason?: string;
  readonly package_id?: string;
  readonly target?: {
    readonly kind?: readonly string[];
    readonly crate_types?: readonly string[];
    readonly name?: string;
    readonly src_path?: string;
    readonly edition?: string;
  };
  readonly profile?: { readonly test?: boolean };
  readonly features?: readonly string[];
  readonly filenames?: readonly string[];
  readonly fresh?: boolean;
  readonly message?: { readonly level?: string; readonly rendered?: string | null };
  readonly success?: boolean;
}

/** What the hash in a file name says: `libshop-0123456789abcdef.rmeta` names the unit, with or without `lib` before it. */
export function unitKeyOfFile(path: string): string | null {
  const stem = basename(path).replace(/\.[A-Za-z]+$/, '');
  return /^.+-[0-9a-f]{16}$/.test(stem) ? stem : null;
}

/** Folder of the profile (`…/debug`) that an artifact is in; its units were written to `deps` or `examples` below it. */
export function profileFolders(artifact: CompilerArtifact): readonly string[] {
  return artifact.filenames.map(path => dirname(path)).flatMap(folder => [folder, dirname(folder)]);
}
