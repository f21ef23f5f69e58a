/**
 * The layout of `.mm_profdata`, as measureme 10 (version 8) and 11 and 12 (version 9, rustc 1.76 and newer) write it: see
 * measureme/src/{file_header,serialization,raw_event,stringtable,event_id}.rs of rust-lang/measureme.
 *
 * - `MMPD`, u32 version; then pages to the end: u8 stream, u32 size, bytes. Numbers are little-endian.
 * - Three streams, whose pages may stand in any order: events, string data, string index. Each begins with 8 bytes of its
 *   own (`MMES`, `MMSD`, `MMSI`, u32 version), which count in string addresses.
 * - An event: kind and id, both string ids (u64; u32 in version 8), u32 thread, then two 48-bit values as u32 low, u32 low,
 *   u16 high of the second, u16 high of the first. An interval is written at its end.
 * - An index entry: string id, address (u64 each; u32 each in version 8).
 * - A string: UTF-8 and references (0xFE, string id), ended by 0xFF. An event's id is `label { 0x1E argument }`.
 */
export interface Layout {
  readonly version: number;
  /** Bytes of a string id and of an address. */
  readonly idBytes: 4 | 8;
  readonly eventBytes: number;
}

export const layoutByVersion: ReadonlyMap<number, Layout> = new Map([
  [8, { version: 8, idBytes: 4, eventBytes: 24 }],
  [9, { version: 9, idBytes: 8, eventBytes: 32 }],
]);

export const headerBytes = 8;
export const streams = { events: 0, stringData: 1, stringIndex: 2 } as const;

/** Ids up to this one are looked up in the index; the next is that of the metadata, and the one after is never valid. */
export const lastVirtualId = 100_000_000;
export const metadataId = lastVirtualId + 1;
/** The string id of address 0. */
export const firstRegularId = lastVirtualId + 3;

export const referenceByte = 0xfe;
export const endByte = 0xff;
export const separator = '\x1e';
export const separatorByte = 0x1e;

/** The second value of an event that is no interval. */
export const instantMark = 0xffff_ffff_ffff;
export const integerMark = 0xffff_ffff_fffe;

// Limit: addresses are kept as u32, so a profile's strings may take 4 GiB; tokio's 231 MB have 130 MB of strings.
export const addressMax = 0xffff_ffff;
// Limit: one string.
export const stringBytesMax = 16 * 1024 * 1024;

/** An id as a number; ids that a double does not hold are no ids of a profile and become NaN. */
export function readId(view: DataView, at: number, layout: Layout): number {
  const low = view.getUint32(at, true);
  if (layout.idBytes === 4) return low;
  const high = view.getUint32(at + 4, true);
  return high === 0 ? low : high < 0x20_0000 ? high * 0x1_0000_0000 + low : Number.NaN;
}
