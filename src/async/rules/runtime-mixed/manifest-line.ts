/**
 * Where a manifest asks for a dependency. The text is read line by line, so a dependency that a macro of a tool wrote on
 * one line with others, or a key in quotes with escapes, is not found.
 */

import type { Location } from '#model/location.ts';
import type { DependencyKind } from '#model/workspace.ts';

const sections: Record<DependencyKind, string> = {
  normal: 'dependencies',
  dev: 'dev-dependencies',
  build: 'build-dependencies',
};

/** `name` is the package's, `externName` how code names it. Null where no line was found. */
export function manifestLine(
  file: string,
  text: string,
  { name, externName, kind }: { name: string; externName: string; kind: DependencyKind },
): Location | null {
  const asked = dependenciesIn(text, sections[kind]);
  const found =
    asked.find(({ key, renamed }) => renamed === name && key.replaceAll('-', '_') === externName) ??
    asked.find(({ key, renamed }) => renamed === null && key === name) ??
    asked.find(({ key }) => key.replaceAll('-', '_') === externName);
  if (found === undefined) return null;
  const { line, startColumn, length } = found;
  return { file, startLine: line, startColumn, endLine: line, endColumn: startColumn + length };
}

interface Asked {
  readonly key: string;
  /** `package = "…"` on the same line. */
  readonly renamed: string | null;
  readonly line: number;
  readonly startColumn: number;
  readonly length: number;
}

function dependenciesIn(text: string, wanted: string): Asked[] {
  const asked: Asked[] = [];
  const add = (line: string, index: number, quoted: string) => {
    asked.push({
      key: quoted.replace(/^["']|["']$/g, ''),
      renamed: /\bpackage\s*=\s*["']([^"']+)["']/.exec(line)?.[1] ?? null,
      line: index + 1,
      startColumn: [...line.slice(0, line.indexOf(quoted))].length + 1,
      length: [...quoted].length,
    });
  };
  let isWanted = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const header = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) {
      const isOfWorkspace = header.startsWith('workspace.');
      isWanted = !isOfWorkspace && (header === wanted || header.endsWith(`.${wanted}`));
      // `[dependencies.tokio]`, `[target.'cfg(unix)'.dependencies.tokio]`
      const key = new RegExp(`^(?:.*\\.)?${wanted}\\.([^.]+)$`).exec(header)?.[1];
      if (key !== undefined && !isOfWorkspace) add(line, index, key);
      continue;
    }
    const key = isWanted ? /^\s*("[^"]+"|'[^']+'|[\w-]+)\s*(?:=|\.)/.exec(line)?.[1] : undefined;
    if (key !== undefined) add(line, index, key);
  }
  return asked;
}
