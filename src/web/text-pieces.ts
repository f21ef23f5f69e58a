/** A piece of text; `control` names a character that would change how its neighbours are shown. */
export interface TextPiece {
  readonly kind: 'text' | 'code' | 'control';
  readonly text: string;
}

/**
 * Characters that a reader must see to trust the source shown: the bidirectional controls of "Trojan Source"
 * (CVE-2021-42574, rustc's lint `text_direction_codepoint_in_literal`), zero-width characters, and C0/C1 controls except tab.
 * U+200C and U+200D join letters and emoji and stay.
 */
export function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code < 0x20 && code !== 0x09) ||
    (code >= 0x7f && code < 0xa0) ||
    code === 0x200b ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0xfeff
  );
}

/** `U+202E` */
export function controlName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Splits a message at its backticks and control characters. A backtick without a partner is itself. */
export function textPieces(message: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  const parts = message.split('`');
  for (const [index, part] of parts.entries()) {
    const code = index % 2 === 1 && index < parts.length - 1;
    const unpaired = index % 2 === 1 && !code;
    addText(pieces, code ? 'code' : 'text', unpaired ? `\`${part}` : part);
  }
  return pieces;
}

function addText(pieces: TextPiece[], kind: 'text' | 'code', text: string): void {
  let plain = '';
  for (const character of text) {
    if (isControl(character)) {
      if (plain !== '') pieces.push({ kind, text: plain });
      plain = '';
      pieces.push({ kind: 'control', text: controlName(character) });
    } else {
      plain += character;
    }
  }
  if (plain !== '') pieces.push({ kind, text: plain });
}
