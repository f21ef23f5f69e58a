/** Reads one profile in a process of its own, so that its memory and time are those of the reading alone. */
import { open } from 'node:fs/promises';
import { parseSelfProfile } from '#formats/self-profile/parse.ts';

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  const buffer = new Uint8Array(256 * 1024);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

const path = process.argv[2]!;
const { value, problems } = await parseSelfProfile(() => chunksOf(path));
const peakMib = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ value, problems, peakMib }));
