import { visibleText } from './display-width.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is where control characters are kept out.
const colourSequence = /(\u001b\[[0-9;:]*m)/;

/**
 * What a tool printed, line by line, without a line break at the end. Its colours are kept or removed; all else that a
 * terminal would obey is made visible.
 */
export function toolOutputLines(output: string, colours: 'kept' | 'removed'): readonly string[] {
  const text = output.replace(/\r?\n$/, '');
  return text === '' ? [] : text.split(/\r?\n/).map(line => toolOutputLine(line, colours));
}

function toolOutputLine(line: string, colours: 'kept' | 'removed'): string {
  return line
    .split(colourSequence)
    .map((part, index) => (index % 2 === 0 ? visibleText(part) : colours === 'kept' ? part : ''))
    .join('');
}
