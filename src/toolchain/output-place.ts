import { realpath, stat } from 'node:fs/promises';

export interface OutputPlace {
  /** Where to write; the target of a link. */
  readonly path: string;
  /** A device or a pipe (`/dev/null`, `/dev/stdout`): to be written into. A rename would put a file in its place. */
  readonly isStream: boolean;
}

/** What stands where a user wants a file. */
export async function outputPlace(path: string): Promise<OutputPlace> {
  const found = await stat(path).catch(() => null);
  if (found === null) return { path, isStream: false };
  if (!found.isFile() && !found.isDirectory()) return { path, isStream: true };
  return { path: await realpath(path).catch(() => path), isStream: false };
}
