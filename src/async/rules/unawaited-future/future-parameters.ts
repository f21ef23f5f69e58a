/**
 * Type parameters that are futures, by the bounds in the headers of a function and of its impl. MIR prints a value of such
 * a type as `F` and no bounds at all; where it is polled a call says so, where it is not nothing does.
 *
 * Read are `F: … Future…` between the angle brackets and behind `where`. Bounds by an alias of `Future`, and those of a trait
 * around the function, are not seen.
 */
import { topLevelIndexOf } from '#base/brackets.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { Location } from '#model/location.ts';
import type { Subject } from '../../subject.ts';

// Limit: characters of a function's header, from its `fn` to the brace of its body.
const headerMax = 4_000;

/** Whether a name is a type parameter of the body's function or impl that its header bounds by `Future`. */
export function futureParametersOf(subject: Subject): (name: string) => boolean {
  const headers = headersOf(subject).map(text => text.replace(/\/\/[^\n]*/g, ' '));
  return name => headers.some(header => isBoundByFuture(header, name));
}

function headersOf({ body, node, span, readSource }: Subject): string[] {
  const returned = body.locals[0];
  const at = returned === undefined ? null : span(returned.span);
  const source = at === null ? null : readSource(at.file);
  if (at === null || source === null) return [];
  const headers: string[] = [];
  const lines = source.split('\n');
  const name = lastSegment(node.name.replace(/(::\{closure#\d+\})+$/, ''));
  const before = textUpTo(lines, at);
  const starts = [...before.matchAll(new RegExp(`\\bfn\\s+${name}\\b`, 'g'))];
  const start = starts.at(-1)?.index;
  if (start !== undefined) {
    const header = source.slice(start, start + headerMax);
    const brace = header.indexOf('{');
    if (brace >= 0) headers.push(header.slice(0, brace));
  }
  const impl = /<impl at (.+):(\d+):(\d+): (\d+):(\d+)>::\w+(?:::\{closure#\d+\})*$/.exec(node.name);
  if (impl !== null && (impl[1]?.endsWith(at.file) === true || at.file.endsWith(impl[1] ?? '')))
    headers.push(textBetween(lines, impl.slice(2).map(Number)));
  return headers;
}

/** `F: Fn() -> G + Send, F: Future<Output = ()>`: what stands behind a colon, to the comma that ends it. */
function isBoundByFuture(header: string, name: string): boolean {
  for (const match of header.matchAll(new RegExp(`(?<![\\w:])${name}\\s*:(?!:)`, 'g'))) {
    const rest = header.slice(match.index + match[0].length);
    const end = topLevelIndexOf(rest, ',');
    const bounds = end < 0 ? rest : rest.slice(0, end);
    for (const bound of bounds.split('+')) if (/^\s*(?:[\w:]+::)?Future\s*(?:<|>|$)/.test(bound)) return true;
  }
  return false;
}

function textUpTo(lines: readonly string[], { startLine, startColumn }: Location): string {
  return [...lines.slice(0, startLine - 1), (lines[startLine - 1] ?? '').slice(0, startColumn - 1)].join(
    '\n',
  );
}

function textBetween(lines: readonly string[], numbers: readonly number[]): string {
  const [startLine = 1, startColumn = 1, endLine = 1, endColumn = 1] = numbers;
  const text = lines.slice(startLine - 1, endLine);
  if (text.length === 0) return '';
  text[text.length - 1] = text.at(-1)!.slice(0, endColumn - 1);
  text[0] = text[0]!.slice(startColumn - 1);
  return text.join('\n');
}
