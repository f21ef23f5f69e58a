/**
 * Text from sources and messages inside GitHub Flavored Markdown (https://github.github.com/gfm/): nothing in it may
 * act as markup, end a table cell, mention a user or link an issue. Code between backticks stays code.
 */
import { cutToWidth, visibleText } from './display-width.ts';

// Limit: keeps a table readable; the details carry the message in full.
const messageWidthMax = 300;

/** A message for a paragraph or table cell. */
export function markdownMessage(message: string): string {
  return messageParts(message)
    .map(({ code, text }) => (code ? codeSpan(text) : entityText(text)))
    .join('');
}

/** A message inside an HTML element, where Markdown does not apply. */
export function htmlMessage(message: string): string {
  return messageParts(message)
    .map(({ code, text }) => (code ? htmlCode(text) : entityText(text)))
    .join('');
}

export function codeSpan(text: string): string {
  const visible = visibleText(text);
  // A code span cannot hold these in a table, or would lose them at its edges.
  return /^[^`|\\\s](?:[^`|\\]*[^`|\\\s])?$/u.test(visible) ? `\`${visible}\`` : htmlCode(visible);
}

/** Lines as a code block, behind a fence longer than any run of backticks in them. */
export function fencedBlock(lines: readonly string[]): string {
  const longestRun = lines.reduce(
    (longest, line) => (line.match(/`+/g) ?? []).reduce((max, run) => Math.max(max, run.length), longest),
    2,
  );
  const fence = '`'.repeat(longestRun + 1);
  return `${fence}text\n${lines.map(line => `${line}\n`).join('')}${fence}`;
}

/** A folded block. `summary` is HTML; the blank lines make GitHub read the body as Markdown. */
export function detailsBlock(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function messageParts(message: string): readonly { readonly code: boolean; readonly text: string }[] {
  const parts = cutToWidth(visibleText(message), messageWidthMax).split('`');
  // An unpaired backtick: nothing can be said about what is code.
  if (parts.length % 2 === 0) return [{ code: false, text: parts.join('`') }];
  return parts.map((text, index) => ({ code: index % 2 === 1, text })).filter(part => part.text !== '');
}

function htmlCode(text: string): string {
  return `<code>${entityText(text)}</code>`;
}

/** Characters that Markdown or HTML could read as markup, as entities; what GitHub would link, kept apart from its sign. */
function entityText(text: string): string {
  return visibleText(text).replace(/[&<>"'`|*_[\]~\\$!]|^\s*[-+=]|^\s*#|@|#(?=\d)/g, found => {
    const sign = found.trim();
    if (sign === '@' || (sign === '#' && found === '#')) return `${sign}<!-- -->`;
    return `&#${sign.charCodeAt(0)};`;
  });
}
