import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { outputPlace } from '#toolchain/output-place.ts';
import { UsageError } from './flags.ts';

/**
 * Writes a report whole or not at all: to a temporary name beside the file, then renamed over it. Into a device or a
 * pipe it is written as it comes.
 * @throws UsageError where the file cannot be written.
 */
export async function writeOutput(path: string, text: string | Uint8Array): Promise<void> {
  const place = await outputPlace(path);
  const temporary = join(dirname(place.path), `.${basename(place.path)}.${randomBytes(4).toString('hex')}`);
  try {
    if (place.isStream) await writeFile(place.path, text);
    else {
      await writeFile(temporary, text);
      await rename(temporary, place.path);
    }
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot write \`${path}\`: ${describeCode(code)}`);
  }
}

/** Writes to standard output and waits until it is out; a reader that went away (`| head`) is no error. */
export async function printOutput(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: NodeJS.ErrnoException | null): void => {
      if (error === null || error === undefined || error.code === 'EPIPE') resolve();
      else reject(error);
    };
    // The stream reports an error to the callback and, later, as an event: the listener must outlive the callback.
    process.stdout.on('error', settle);
    process.stdout.write(text, settle);
  });
}

function describeCode(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'its folder does not exist';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOSPC':
      return 'no space left on the device';
    default:
      return code ?? 'unknown error';
  }
}
