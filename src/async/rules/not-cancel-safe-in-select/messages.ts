import type { LocatedUse } from '../../cancel-facts.ts';
import type { CancelPosition } from '../../cancel-positions.ts';
import type { Loss } from '../../future-safety.ts';

export const messages = {
  message(name: string, position: CancelPosition, loss: Loss): string {
    const what = name === 'an async block' ? 'this async block' : `\`${name}\``;
    const where = place(position);
    switch (loss.class) {
      case 'partial-io':
        return `${what} is not cancel-safe, and ${where} drops it half-way while its stream is used again`;
      case 'value-lost':
        return `${what} loses what it has taken when ${where} drops it`;
      case 'miscount':
        return `${what} is not cancel-safe, and ${where} drops it`;
    }
  },

  label(position: CancelPosition, winner: string | null): string {
    switch (position.kind) {
      case 'select':
      case 'race':
        return winner === null ? 'dropped when another arm is first' : `dropped when \`${winner}\` is first`;
      case 'timeout':
        return 'dropped when the time is over';
      case 'try-join':
        return 'dropped when another one fails';
      case 'now-or-never':
        return 'dropped when it is not ready at once';
      default:
        return 'dropped when it is cancelled';
    }
  },

  awaits(name: string): string {
    return name === 'an async block' ? 'waits for an async block here' : `waits for \`${name}\` here`;
  },

  wins(name: string): string {
    return name === 'an async block'
      ? 'when this is first, the other is dropped'
      : `when \`${name}\` is first, the other is dropped`;
  },

  usedAgain(method: string | null, of: string | null): string {
    const what = of === null ? 'the same stream' : `\`${of}\``;
    return method === null ? `${what} is used again` : `${what} is used again by \`${method}\``;
  },

  notes(loss: Loss, use: LocatedUse | null, of: string | null): string[] {
    const stream = of === null ? 'the stream' : `\`${of}\``;
    const notes: string[] = [];
    switch (loss.class) {
      case 'partial-io':
        notes.push(
          /write|copy|send/.test(loss.row?.path ?? '')
            ? `what was already written stays written, and how much that was is dropped with the future: what is written to ${stream} next follows half a message`
            : `bytes that were already read from ${stream} are dropped with the future: the next read begins in the middle of a message`,
        );
        break;
      case 'value-lost':
        notes.push(
          'the value is owned by the future until there is room for it; it is dropped with the future',
        );
        break;
      case 'miscount':
        if (loss.row?.note != null) notes.push(loss.row.note);
        break;
    }
    if (use !== null && use.inside === null)
      notes.push('what is used again holds the stream; which part is used was not seen');
    return notes;
  },

  help(loss: Loss, position: CancelPosition): string[] {
    const resume =
      position.kind === 'select'
        ? 'make the future once before the loop, `pin!` it, and poll `&mut future`: it is resumed in the next round'
        : 'keep the future and poll it by reference (`&mut future`), so that it can be resumed';
    switch (loss.class) {
      case 'partial-io':
        return [resume, instead(loss.row?.path ?? '')];
      case 'value-lost':
        return [
          'wait for room first (`reserve().await`) and send in the arm’s body, where nothing is dropped',
          resume,
        ];
      case 'miscount':
        return [resume];
    }
  },
};

function place({ name, kind }: CancelPosition): string {
  return kind === 'select' || kind === 'try-join' ? `this \`${name}\`` : `\`${name}\``;
}

function instead(path: string): string {
  if (path.endsWith('::read_line')) return 'or read with `lines()` and `next_line()`, which is cancel-safe';
  return /write|copy|send/.test(path)
    ? 'or use an operation that keeps its progress outside (`write_all_buf`), or give the writing to a task of its own'
    : 'or read with an operation that keeps its progress outside (`read_buf`, a `Framed` stream), or give the reading to a task of its own';
}
