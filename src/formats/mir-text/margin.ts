/** What stands at the margin of a dump, where files and bodies begin and end. */

/** Index of the line's `\n`, or of the end of the text. */
export function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/** Whether a dump's first line starts here: ``// MIR for `path` before Pass``. */
export function startsHeader(text: string, at: number): boolean {
  return text.startsWith('// MIR for ', at);
}

/** Whether a body starts here. */
export function startsSignature(text: string, at: number): boolean {
  switch (text.charCodeAt(at)) {
    case 0x66:
      return text.startsWith('fn ', at);
    case 0x63:
      return text.startsWith('const ', at);
    case 0x73:
      return text.startsWith('static ', at);
    case 0x70:
      return text.startsWith('promoted[', at);
    default:
      return false;
  }
}

/** Whether the line reads `path::{constant#0}: usize = {`: a constant without a name has no keyword either. */
export function startsAnonymousConst(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 0x7c || code === 0x2f || code === 0x20) return false;
  const end = endOfLine(text, at);
  return end - at > 4 && text.startsWith(' = {', text.charCodeAt(end - 1) === 0x0d ? end - 5 : end - 4);
}

/** Index of the line behind the body whose first line starts at `from`: behind its brace, or where another begins. */
export function endOfBody(text: string, from: number): number {
  let at = endOfLine(text, from) + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x7d) return Math.min(endOfLine(text, at) + 1, text.length);
    if (startsHeader(text, at) || startsSignature(text, at)) return at;
    at = endOfLine(text, at) + 1;
  }
  return text.length;
}
