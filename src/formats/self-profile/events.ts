/** The event stream, event by event. */
import type { Layout } from './layout.ts';
import { readId } from './layout.ts';
import type { StreamBytes } from './pages.ts';
import { cutRecords } from './records.ts';

/**
 * `first` and `second` are the two values of an event: the begin and end of an interval, or a value and a mark (layout.ts).
 * Ids that no profile has are NaN.
 */
export type EachEvent = (kindId: number, id: number, threadId: number, first: number, second: number) => void;

export function readEvents(each: EachEvent): {
  begin(layout: Layout): void;
  readonly events: StreamBytes;
  /** Bytes of an event that is not whole. */
  leftOver(): number;
} {
  let layout: Layout = { version: 9, idBytes: 8, eventBytes: 32 };
  let records = cutRecords(layout.eventBytes, decode);
  return {
    begin(found) {
      layout = found;
      records = cutRecords(layout.eventBytes, decode);
    },
    events: (chunk, from, to) => records.take(chunk, from, to),
    leftOver: () => records.leftOver(),
  };

  function decode(view: DataView, from: number, to: number): void {
    const { idBytes, eventBytes } = layout;
    for (let at = from; at < to; at += eventBytes) {
      const rest = at + 2 * idBytes;
      const high = view.getUint32(rest + 12, true);
      const first = view.getUint32(rest + 4, true) + (high >>> 16) * 0x1_0000_0000;
      const second = view.getUint32(rest + 8, true) + (high & 0xffff) * 0x1_0000_0000;
      each(
        readId(view, at, layout),
        readId(view, at + idBytes, layout),
        view.getUint32(rest, true),
        first,
        second,
      );
    }
  }
}
