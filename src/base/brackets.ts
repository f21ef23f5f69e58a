/** Rust-like text with brackets `( [ { <`, where `->` closes nothing. Total: unbalanced text gives -1. */

/** Index of the bracket that closes the one at `start`. */
export function closingBracket(text: string, start = 0): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    depth += step(text, i);
    if (depth === 0) return i;
  }
  return -1;
}

/** First index of `word` outside all brackets. */
export function topLevelIndexOf(text: string, word: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (depth === 0 && text.startsWith(word, i)) return i;
    depth += step(text, i);
  }
  return -1;
}

function step(text: string, at: number): -1 | 0 | 1 {
  const c = text[at] as string;
  if ('([{<'.includes(c)) return 1;
  return ')]}'.includes(c) || (c === '>' && text[at - 1] !== '-') ? -1 : 0;
}
