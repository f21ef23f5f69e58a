/** Profiles written by hand, for tests: the layout of layout.ts, in pages of any size. */
import {
  firstRegularId,
  headerBytes,
  instantMark,
  integerMark,
  layoutByVersion,
  metadataId,
} from './layout.ts';

export interface ProfileWriter {
  /** String id of a text. */
  text(value: string): number;
  /** String id of `label {separator argument}`, each a string of its own. */
  composed(label: string, ...args: readonly string[]): number;
  /** Gives a virtual id the string of another. */
  map(virtualId: number, id: number): void;
  interval(kind: string, id: number, thread: number, start: number, end: number): void;
  instant(kind: string, id: number, thread: number, at: number): void;
  integer(kind: string, id: number, value: number): void;
  /** In pages of at most `pageBytes`, a page of each stream in turn. */
  bytes(pageBytes?: number): Uint8Array;
}

/** `command` is in the metadata; null leaves the metadata out. */
export function profileWriter(
  version: 8 | 9 = 9,
  command: string | null = 'rustc --crate-name demo src/lib.rs',
): ProfileWriter {
  const { idBytes } = layoutByVersion.get(version)!;
  const events = streamBytes('MMES');
  const data = streamBytes('MMSD');
  const index = streamBytes('MMSI');
  const idByText = new Map<string, number>();

  if (command !== null) {
    const json = { start_time: 1_795_699_013_000_000_000, process_id: 42, cmd: command };
    map(metadataId, text(JSON.stringify(json)));
  }
  return { text, composed, map, interval, instant, integer, bytes };

  function streamBytes(magic: string): number[] {
    const start = [...new TextEncoder().encode(magic)];
    pushNumber(start, version, 4);
    return start;
  }

  function text(value: string): number {
    const known = idByText.get(value);
    if (known !== undefined) return known;
    const id = firstRegularId + data.length;
    data.push(...new TextEncoder().encode(value), 0xff);
    idByText.set(value, id);
    return id;
  }

  function composed(label: string, ...args: readonly string[]): number {
    const ids = [label, ...args].map(text);
    const id = firstRegularId + data.length;
    for (const [place, part] of ids.entries()) {
      if (place > 0) data.push(0x1e);
      data.push(0xfe);
      pushNumber(data, part, idBytes);
    }
    data.push(0xff);
    return id;
  }

  function map(virtualId: number, id: number): void {
    pushNumber(index, virtualId, idBytes);
    pushNumber(index, id - firstRegularId, idBytes);
  }

  function interval(kind: string, id: number, thread: number, start: number, end: number): void {
    event(kind, id, thread, start, end);
  }

  function instant(kind: string, id: number, thread: number, at: number): void {
    event(kind, id, thread, at, instantMark);
  }

  function integer(kind: string, id: number, value: number): void {
    event(kind, id, 0, value, integerMark);
  }

  function event(kind: string, id: number, thread: number, first: number, second: number): void {
    const high = 0x1_0000_0000;
    pushNumber(events, text(kind), idBytes);
    pushNumber(events, id, idBytes);
    pushNumber(events, thread, 4);
    pushNumber(events, first % high, 4);
    pushNumber(events, second % high, 4);
    pushNumber(events, Math.floor(second / high), 2);
    pushNumber(events, Math.floor(first / high), 2);
  }

  function bytes(pageBytes = 256 * 1024): Uint8Array {
    const out = [...new TextEncoder().encode('MMPD')];
    pushNumber(out, version, 4);
    const places = [0, 0, 0];
    for (let open = true; open; ) {
      open = false;
      for (const [stream, content] of [events, data, index].entries()) {
        const from = places[stream]!;
        if (from >= content.length) continue;
        const page = content.slice(from, from + Math.max(pageBytes, headerBytes));
        places[stream] = from + page.length;
        out.push(stream);
        pushNumber(out, page.length, 4);
        out.push(...page);
        open = true;
      }
    }
    return Uint8Array.from(out);
  }
}

function pushNumber(out: number[], value: number, bytes: number): void {
  let rest = value;
  for (let place = 0; place < bytes; place++) {
    out.push(rest % 256);
    rest = Math.floor(rest / 256);
  }
}
