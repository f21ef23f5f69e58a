import { open } from 'node:fs/promises';

// Limit: two chunks are in memory, whatever the size of the file.
const chunkBytes = 512 * 1024;

/** A file's bytes in order. A chunk is valid until the next one is asked for; that one is read meanwhile. */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  const buffers = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)];
  const read = (turn: number) => file.read(buffers[turn % 2]!, 0, chunkBytes);
  let next = read(0);
  try {
    for (let turn = 0; ; turn++) {
      const { bytesRead } = await next;
      if (bytesRead === 0) return;
      next = read(turn + 1);
      yield buffers[turn % 2]!.subarray(0, bytesRead);
    }
  } finally {
    await next.catch(() => {});
    await file.close();
  }
}
