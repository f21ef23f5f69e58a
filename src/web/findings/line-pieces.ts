import { controlName, isControl } from '../text-pieces.ts';
import type { Mark } from './frames.ts';
import type { RustToken } from './rust-tokens.ts';

/** A run of characters of a line that are all shown alike. */
export interface LinePiece {
  readonly text: string;
  readonly token: RustToken['kind'] | null;
  /** Spans that cover it, ascending; 0 is the primary one. */
  readonly spans: readonly number[];
  /** A character that must not be obeyed but shown; `text` is its name. */
  readonly control: boolean;
}

/** Cuts a line wherever a mark or a token begins or ends. Marks past its end cover one blank after it. */
export function linePieces(text: string, marks: readonly Mark[], tokens: readonly RustToken[]): LinePiece[] {
  const characters = [...text];
  const reach = marks.some(
    mark => mark.startColumn > characters.length && mark.startColumn !== Number.POSITIVE_INFINITY,
  );
  if (reach) characters.push(' ');
  const tokenAt = tokenPerCharacter(characters, tokens);
  const pieces: LinePiece[] = [];
  let open: { text: string; token: RustToken['kind'] | null; spans: readonly number[] } | null = null;
  for (const [index, character] of characters.entries()) {
    const spans = spansAt(index + 1, marks, characters.length);
    const token = tokenAt[index] ?? null;
    if (isControl(character)) {
      if (open !== null) pieces.push({ ...open, control: false });
      open = null;
      pieces.push({ text: controlName(character), token, spans, control: true });
    } else if (open !== null && open.token === token && sameSpans(open.spans, spans)) {
      open.text += character;
    } else {
      if (open !== null) pieces.push({ ...open, control: false });
      open = { text: character, token, spans };
    }
  }
  if (open !== null) pieces.push({ ...open, control: false });
  return pieces;
}

function spansAt(column: number, marks: readonly Mark[], length: number): number[] {
  const spans: number[] = [];
  for (const mark of marks) {
    const start = Math.min(mark.startColumn, length);
    if (column >= start && column < Math.max(mark.endColumn, start + 1)) spans.push(mark.span);
  }
  return spans.sort((a, b) => a - b);
}

/** Tokens count code units and columns count scalar values. */
function tokenPerCharacter(
  characters: readonly string[],
  tokens: readonly RustToken[],
): (RustToken['kind'] | null)[] {
  const kinds: (RustToken['kind'] | null)[] = [];
  let at = 0;
  let next = 0;
  for (const character of characters) {
    while (next < tokens.length && tokens[next]!.end <= at) next += 1;
    const token = tokens[next];
    kinds.push(token !== undefined && token.start <= at ? token.kind : null);
    at += character.length;
  }
  return kinds;
}

function sameSpans(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((span, index) => span === b[index]);
}
