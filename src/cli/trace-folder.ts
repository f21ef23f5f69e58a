import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { OpenProfile } from '#formats/self-profile/parse.ts';
import { chromeTrace, speedscope } from '#formats/self-profile/traces.ts';
import { pluralText } from '#model/measure-text.ts';
import type { ProfiledCall } from '#toolchain/pass-options.ts';
import { UsageError } from './flags.ts';

/** Where `--traces` puts what rustc did, interval by interval. */
export interface TraceFolder {
  write(openProfile: OpenProfile, call: ProfiledCall): Promise<void>;
  /** What was written, in words. */
  summary(): string;
}

/** @throws UsageError where the folder cannot be made. */
export function traceFolder(name: string): TraceFolder {
  const folder = resolve(name);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`\`--traces ${name}\`: ${(error as Error).message}`);
  }
  let written = 0;
  return {
    async write(openProfile, call) {
      await writePieces(join(folder, `${call.key}.trace.json`), chromeTrace(openProfile, call.package));
      await writePieces(join(folder, `${call.key}.speedscope.json`), speedscope(openProfile, call.package));
      written++;
    },
    summary: () =>
      written === 0
        ? `no trace was written to ${name}: every member was fresh`
        : `wrote traces of ${pluralText(written, 'rustc call')} to ${name}`,
  };
}

async function writePieces(path: string, pieces: AsyncGenerator<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    for await (const piece of pieces) await file.write(piece);
  } finally {
    await file.close();
  }
}
