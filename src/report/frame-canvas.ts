import { displayLine } from './display-width.ts';
import type { Paint, Palette } from './palette.ts';

export type Style = 'plain' | 'frame' | 'primary';

/** One row of a frame: a grid of columns that is written in any order and read from left to right. */
export interface CanvasRow {
  put(column: number, text: string, style: Style): void;
  /** The row with its styles painted, without trailing blanks. */
  painted(palette: Palette, primary: Paint): string;
}

export function canvasRow(): CanvasRow {
  const cells: string[] = [];
  const styles: Style[] = [];
  return {
    put(column, text, style) {
      for (const [offset, cell] of displayLine(text).cells.entries()) {
        while (cells.length < column + offset) {
          cells.push(' ');
          styles.push('plain');
        }
        cells[column + offset] = cell;
        styles[column + offset] = style;
      }
    },
    painted(palette, primary) {
      let end = cells.length;
      while (end > 0 && cells[end - 1] === ' ') end--;
      let text = '';
      for (let start = 0; start < end; ) {
        const style = styles[start]!;
        let stop = start + 1;
        while (stop < end && styles[stop] === style) stop++;
        const run = cells.slice(start, stop).join('');
        text += style === 'plain' ? run : style === 'frame' ? palette.frame(run) : primary(run);
        start = stop;
      }
      return text;
    },
  };
}
