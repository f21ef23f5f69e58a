import type { StreamBytes } from './pages.ts';

/**
 * Cuts a stream into records of one size. `each` is given where records begin in `view`; a record that chunks cut is put
 * together first. Returns how many bytes are left over, at any time.
 */
export function cutRecords(
  recordBytes: number,
  each: (view: DataView, from: number, to: number) => void,
): { readonly take: StreamBytes; readonly leftOver: () => number } {
  const cut = new Uint8Array(recordBytes);
  const cutView = new DataView(cut.buffer);
  let filled = 0;
  const take: StreamBytes = (chunk, from, to) => {
    let at = from;
    if (filled > 0) {
      while (filled < recordBytes && at < to) cut[filled++] = chunk[at++]!;
      if (filled < recordBytes) return;
      filled = 0;
      each(cutView, 0, recordBytes);
    }
    const whole = Math.floor((to - at) / recordBytes) * recordBytes;
    if (whole > 0) {
      each(new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), at, at + whole);
      at += whole;
    }
    while (at < to) cut[filled++] = chunk[at++]!;
  };
  return { take, leftOver: () => filled };
}
