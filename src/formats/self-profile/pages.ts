/** Takes a profile apart into its three streams, whatever the chunks that it comes in. */
import type { Problem } from '#base/parsed.ts';
import { headerBytes, type Layout, layoutByVersion, streams } from './layout.ts';

/** Bytes `from` to `to` of `chunk` belong to the stream, and follow what was given of it before. Not to be kept. */
export type StreamBytes = (chunk: Uint8Array, from: number, to: number) => void;

export interface StreamSinks {
  /** Called once, before any bytes. */
  readonly begin?: (layout: Layout) => void;
  readonly events?: StreamBytes;
  /** Addresses of string data count from the stream's own header, so the first byte given has address 8. */
  readonly stringData?: StreamBytes;
  readonly stringIndex?: StreamBytes;
}

export interface PageReader {
  /** False when the rest need not be given: the file is none that is understood. */
  add(chunk: Uint8Array): boolean;
  end(): readonly Problem[];
}

const pageHeaderBytes = 5;
const streamNames = ['events', 'string data', 'string index'];
const streamMagics = ['MMES', 'MMSD', 'MMSI'];

export function readPages(sinks: StreamSinks): PageReader {
  const problems: Problem[] = [];
  const sinkOf: (StreamBytes | undefined)[] = [];
  sinkOf[streams.events] = sinks.events;
  sinkOf[streams.stringData] = sinks.stringData;
  sinkOf[streams.stringIndex] = sinks.stringIndex;
  /** A header that chunks may have cut: the file's, then those of pages. */
  const header = new Uint8Array(headerBytes);
  let headerFilled = 0;
  let layout: Layout | null = null;
  let stopped = false;
  let stream = 0;
  let left = 0;
  let pageSize = 0;
  const ownHeaders = streamMagics.map(() => ({ bytes: new Uint8Array(headerBytes), filled: 0 }));

  return { add, end };

  function add(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length && !stopped) {
      if (left > 0) {
        const to = Math.min(chunk.length, at + left);
        left -= to - at;
        give(chunk, at, to);
        at = to;
        continue;
      }
      const wanted = layout === null ? headerBytes : pageHeaderBytes;
      while (headerFilled < wanted && at < chunk.length) header[headerFilled++] = chunk[at++]!;
      if (headerFilled < wanted) break;
      headerFilled = 0;
      if (layout === null) beginFile();
      else beginPage();
    }
    return !stopped;
  }

  function stop(what: string): void {
    problems.push({ what });
    stopped = true;
  }

  function beginFile(): void {
    if (magicOf(header) !== 'MMPD') {
      stop('not a self-profile of rustc: it does not begin with MMPD');
      return;
    }
    const version = versionOf(header);
    layout = layoutByVersion.get(version) ?? null;
    if (layout === null) {
      const known = [...layoutByVersion.keys()].join(' and ');
      stop(`a self-profile of version ${version}; versions ${known} can be read`);
      return;
    }
    sinks.begin?.(layout);
  }

  function beginPage(): void {
    stream = header[0]!;
    pageSize = new DataView(header.buffer).getUint32(1, true);
    left = pageSize;
    if (stream >= streamMagics.length) stop(`a page of a stream that is not known (${stream})`);
  }

  function give(chunk: Uint8Array, from: number, to: number): void {
    const own = ownHeaders[stream]!;
    let at = from;
    if (own.filled < headerBytes) {
      while (own.filled < headerBytes && at < to) own.bytes[own.filled++] = chunk[at++]!;
      if (own.filled < headerBytes) return;
      const isOwn = magicOf(own.bytes) === streamMagics[stream] && versionOf(own.bytes) === layout?.version;
      if (!isOwn) {
        stop(`the stream of ${streamNames[stream]} does not begin as one`);
        return;
      }
    }
    if (at < to) sinkOf[stream]?.(chunk, at, to);
  }

  function end(): readonly Problem[] {
    if (stopped) return problems;
    if (layout === null) {
      problems.push({ what: 'not a self-profile of rustc: it is shorter than a header' });
      return problems;
    }
    if (left > 0) {
      const what = `truncated: the last page has ${pageSize - left} of ${pageSize} bytes`;
      problems.push({ what });
    } else if (headerFilled > 0) {
      problems.push({ what: 'truncated in the header of a page' });
    }
    for (const [index, own] of ownHeaders.entries()) {
      if (own.filled < headerBytes) problems.push({ what: `no ${streamNames[index]}` });
    }
    return problems;
  }
}

function magicOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4));
}

function versionOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer).getUint32(4, true);
}
