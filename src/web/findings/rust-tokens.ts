export interface RustToken {
  /** Code units from the start of the line; the end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly kind: 'keyword' | 'string' | 'comment';
}

/**
 * Keywords, strings and comments of one line of Rust, enough to set it like a listing in a book. A line is read by itself:
 * a block comment or a string that began on a line before is not known here and is set as code.
 */
export function rustTokens(line: string): RustToken[] {
  const tokens: RustToken[] = [];
  for (const match of line.matchAll(tokenPattern)) {
    const [text] = match;
    const { comment, string, word } = match.groups ?? {};
    const kind =
      comment !== undefined
        ? 'comment'
        : string !== undefined
          ? 'string'
          : word !== undefined && keywords.has(word)
            ? 'keyword'
            : null;
    if (kind !== null) tokens.push({ start: match.index, end: match.index + text.length, kind });
  }
  return tokens;
}

/**
 * https://doc.rust-lang.org/reference/tokens.html, less what needs more than one line. Lifetimes come before characters:
 * `'a` has no closing quote. A raw string is read to its first closing quote with as many `#`.
 */
const tokenPattern =
  /(?<comment>\/\/.*$|\/\*.*?(?:\*\/|$))|(?<string>[bc]?r(?<hashes>#*)".*?(?:"\k<hashes>|$)|[bc]?"(?:\\.|[^"\\])*(?:"|$)|b?'(?:\\(?:x..|u\{[^}]*\}|.)|[^'\\])')|(?<lifetime>'[\p{ID_Start}_]\p{ID_Continue}*)|(?<word>(?:r#)?[\p{ID_Start}_]\p{ID_Continue}*)/gu;

/** Strict keywords and the weak ones that read as such (https://doc.rust-lang.org/reference/keywords.html). */
const keywords = new Set(
  (
    'as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ' +
    'ref return self Self static struct super trait true type unsafe use where while union'
  ).split(' '),
);
