import type { Location } from '#model/location.ts';
import type { AsyncBody } from './async-body.ts';
import type { HeldGuard } from './held-guards.ts';

/**
 * A temporary in the scrutinee of `if let`, `while let` or `match` lives longer than most readers expect, and for
 * `if let` the edition decides. MIR has no trace of these expressions, so the line's text is looked at; where it does
 * not begin with one of them nothing is said.
 */
export function scrutineeNote(subject: AsyncBody, guard: HeldGuard, location: Location): string | null {
  const span = guard.origin === null ? location : (subject.span(guard.origin.exprSpan) ?? location);
  const line = subject.readSource(span.file)?.split('\n')[span.startLine - 1];
  if (line === undefined) return null;
  const before = [...line].slice(0, span.startColumn - 1).join('');
  const keyword = /\b(if\s+let|while\s+let|match|for)\b(?!.*[;{].*$)/.exec(before)?.[1]?.replace(/\s+/, ' ');
  switch (keyword) {
    case 'if let':
      return isBefore2024(subject.krate.edition)
        ? `in edition ${subject.krate.edition} a temporary in the scrutinee of \`if let\` lives to the end of the whole \`if let … else\`; edition 2024 drops it before \`else\``
        : 'a temporary in the scrutinee of `if let` lives to the end of its block';
    case 'while let':
      return 'a temporary in the scrutinee of `while let` lives to the end of the loop body';
    case 'match':
      return 'a temporary in the scrutinee of `match` lives to the end of the `match`';
    case 'for':
      return 'a temporary in the iterator expression of `for` lives to the end of the loop';
    default:
      return null;
  }
}

function isBefore2024(edition: string): boolean {
  return Number(edition) < 2024;
}
