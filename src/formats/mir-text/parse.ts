/**
 * MIR text, as rustc writes it with `-Zdump-mir=…` (best with `-Zmir-include-spans=on -Ztrim-diagnostic-paths=no`).
 *
 * The format is defined by what rustc_middle/src/mir/pretty.rs prints, and no version of it is promised. Written
 * against rustc 1.85 to 1.97. Not kept: scopes, user type annotations, contents of allocations, operands of inline
 * assembly, messages of asserts, regions. What is not understood becomes `other` and a Problem.
 */

import type { Parsed, Problem } from '#base/parsed.ts';
import type { Body } from '#model/mir.ts';
import { type Report, readBody } from './body.ts';
import { endOfLine, startsAnonymousConst, startsHeader, startsSignature } from './margin.ts';
import { readerOf, startBody } from './reader.ts';

/** All bodies of any number of dump files, one behind the other. */
export function parseMirText(text: string): Parsed<readonly Body[]> {
  const problems: Problem[] = [];
  const value = [...parseBodies(text, problems)];
  return { value, problems };
}

/**
 * The same, one body at a time, so that what a body needs can be freed before the next. A body's strings are slices:
 * they keep `text` alive as long as `Body.text` is kept. The generator appends to `problems` while it runs.
 */
export function* parseBodies(text: string, problems: Problem[]): Generator<Body> {
  const reader = readerOf(text);
  const lines = lineCounter(text);
  let header: Header | null = null;
  let bodyCount = 0;
  let commentEnd = -1;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x2f && startsHeader(text, at)) {
      if (header !== null) problems.push({ what: 'a dump without a body', line: lines.lineAt(header.at) });
      header = { at, pass: passOf(text.slice(at, endOfLine(text, at))) };
    } else if (code === 0x2f && text.startsWith('/*', at)) {
      // The layout of a coroutine, printed like Rust's debug output, with lines that look like anything.
      if (commentEnd < at) commentEnd = text.indexOf('*/', at);
      if (commentEnd < 0) commentEnd = text.length;
      else if (commentEnd < text.length) at = commentEnd;
    } else if (startsSignature(text, at) || (header !== null && startsAnonymousConst(text, at))) {
      startBody(reader, header?.at ?? at, at);
      const report = reportTo(problems, lines);
      const body = readBody(reader, header?.pass ?? '', report.add);
      report.close();
      header = null;
      bodyCount++;
      yield body;
      at = reader.at;
      continue;
    }
    at = endOfLine(text, at) + 1;
  }
  if (header !== null) problems.push({ what: 'a dump without a body', line: lines.lineAt(header.at) });
  else if (bodyCount === 0 && text.trim() !== '') problems.push({ what: 'no MIR in the text', line: 1 });
}

interface Header {
  readonly at: number;
  readonly pass: string;
}

/** ``// MIR for `path` before StateTransform`` -> `StateTransform before`; `0 nll` -> `nll 0`. */
function passOf(line: string): string {
  const words = line.slice(line.lastIndexOf('`') + 1).trim();
  const space = words.indexOf(' ');
  return space < 0 ? words : `${words.slice(space + 1)} ${words.slice(0, space)}`;
}

// Limit: as many lines of a body are told of one by one. A garbled file would else yield more problems than it has
// bodies by the thousand, and all say the same.
const problemsPerBodyMax = 20;

function reportTo(problems: Problem[], lines: LineCounter): { readonly add: Report; close(): void } {
  let count = 0;
  return {
    add(what, at) {
      count++;
      if (count <= problemsPerBodyMax) problems.push({ what, line: lines.lineAt(at) });
    },
    close() {
      const more = count - problemsPerBodyMax;
      if (more > 0) problems.push({ what: `${more} more problems in the same body` });
    },
  };
}

interface LineCounter {
  /** 1-based. Asked for in about rising order, so that the text is walked once. */
  lineAt(at: number): number;
}

function lineCounter(text: string): LineCounter {
  let counted = 0;
  let line = 1;
  return {
    lineAt(at) {
      if (at < counted) {
        counted = 0;
        line = 1;
      }
      for (let next = text.indexOf('\n', counted); next >= 0 && next < at; ) {
        line++;
        counted = next + 1;
        next = text.indexOf('\n', counted);
      }
      return line;
    },
  };
}
