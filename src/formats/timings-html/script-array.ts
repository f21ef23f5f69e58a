import type { Problem } from '#base/parsed.ts';

/**
 * The elements of `const NAME = [ … ]` in a page's script. Elements are cut out one by one by their brackets, so that a
 * page that ends in the middle still gives those that are whole. Linear in the text's length. A missing array is a problem.
 */
export function readScriptArray(text: string, name: string, problems: Problem[]): readonly unknown[] {
  const head = `const ${name} = [`;
  const start = text.indexOf(head);
  if (start === -1) {
    problems.push({ what: `no ${name} in the page` });
    return [];
  }
  const elements: unknown[] = [];
  let broken = 0;
  let position = start + head.length;
  for (;;) {
    while (position < text.length && ', \t\r\n'.includes(text[position]!)) position += 1;
    if (text[position] === ']') break;
    const end = elementEnd(text, position);
    if (end === -1) {
      problems.push({ what: `the page ends inside ${name}` });
      break;
    }
    try {
      elements.push(JSON.parse(text.slice(position, end)));
    } catch {
      broken += 1;
    }
    position = end;
  }
  if (broken > 0) problems.push({ what: `${broken} elements of ${name} that are not JSON` });
  return elements;
}

/** Where the element at `start` ends: before the `,` or `]` that no bracket or string encloses; -1 at the text's end. */
function elementEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let position = start; position < text.length; position += 1) {
    const char = text[position]!;
    if (inString) {
      if (char === '\\') position += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (depth === 0 && (char === ',' || char === ']' || char === '}')) {
      // A stray `}` would otherwise be an empty element for ever.
      return Math.max(position, start + 1);
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return -1;
}
