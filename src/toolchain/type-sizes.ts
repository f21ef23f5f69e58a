/**
 * Takes in what `-Zprint-type-sizes` printed in one rustc call: the sections of futures. rustc prints a section for each
 * type whose layout it computed, which are fifteen times as many on async-nats 0.45.
 */
import { createReadStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

const compress = promisify(deflate);

export const typeSizesFlag = '-Zprint-type-sizes';
export const typeSizesFile = 'type-sizes.z';

/** Size of the stored file; null when rustc printed nothing of it. Removes what rustc printed. */
export async function storeTypeSizes(
  printed: string,
  folder: string,
  rewrite: (text: string) => string,
): Promise<number | null> {
  const kept: string[] = [];
  const isKept = futureLines();
  try {
    for await (const line of createInterface({ input: createReadStream(printed), crlfDelay: Infinity })) {
      if (isKept(line)) kept.push(line);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
  await rm(printed, { force: true });
  if (kept.length === 0) return null;
  const packed = await compress(Buffer.from(rewrite(`${kept.join('\n')}\n`)), { level: 1 });
  await writeFile(join(folder, typeSizesFile), packed);
  return packed.length;
}

/** Whether a line belongs to the section of a future; lines in their order. */
function futureLines(): (line: string) => boolean {
  let isFuture = false;
  return line => {
    if (line.startsWith('print-type-size type: ')) isFuture = /^[^`]*`\{(async|gen|coroutine)\b/.test(line);
    return isFuture && line.startsWith('print-type-size ');
  };
}

/** The same of a text that is at hand. */
export function sectionsOfFutures(printed: string): string {
  const isKept = futureLines();
  return printed
    .split('\n')
    .filter(isKept)
    .map(line => `${line}\n`)
    .join('');
}
