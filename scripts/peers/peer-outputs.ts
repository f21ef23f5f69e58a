/**
 * What each tool prints, read into findings. None of these formats has a specification: each was taken from real output
 * of the version that docs/peers.md names, and tests/fixtures/peer-outputs keeps some of it. Findings without a place in
 * `root` are left out: they are about dependencies or about no line at all.
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { PeerFinding } from './peer-finding.ts';

/** `root` is the folder that paths in the output are relative to or lie in. */
export type ParseOutput = (text: string, root: string) => Parsed<PeerFinding[]>;

type Span = readonly [first: number, last: number];

/** `assay async --format json`: a note is a finding whose severity says so. */
export const parseAssay: ParseOutput = (text, root) => {
  const { value, problems } = fromJson(text, json =>
    itemsOf(json, 'findings').flatMap(finding => {
      const place = field(finding, 'location');
      const places = [place, ...itemsOf(finding, 'steps').map(step => field(step, 'location'))];
      const file = textOf(place, 'file');
      const own = places.filter(other => textOf(other, 'file') === file);
      return findingAt(root, file, textOf(finding, 'rule'), own.map(spanOf('startLine', 'endLine')), {
        isNote: textOf(finding, 'severity') === 'note',
      });
    }),
  );
  const failed = itemsOf(parsed(text), 'failures').length;
  return { value, problems: failed === 0 ? problems : [...problems, { what: `${failed} failures` }] };
};

/**
 * `cargo … --message-format json`, for rustc and clippy: one JSON value a line. A span inside a macro of another crate
 * is followed to where the workspace calls the macro.
 */
export const parseCompilerMessages: ParseOutput = (text, root) => {
  const problems: Problem[] = [];
  const value: PeerFinding[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const json = parsed(line);
    if (json === undefined) {
      problems.push({ what: 'not a JSON value', line: index + 1 });
      continue;
    }
    const message = field(json, 'message');
    const code = textOf(field(message, 'code'), 'code');
    if (textOf(json, 'reason') !== 'compiler-message' || code === null) continue;
    const own = itemsOf(message, 'spans');
    const all = [
      ...own.filter(span => field(span, 'is_primary') === true),
      ...own.filter(span => field(span, 'is_primary') !== true),
      ...itemsOf(message, 'children').flatMap(child => itemsOf(child, 'spans')),
    ]
      .map(span => calledFrom(span, root))
      .filter(span => span !== null);
    const file = textOf(all[0], 'file_name');
    const spans = all
      .filter(span => textOf(span, 'file_name') === file)
      .map(spanOf('line_start', 'line_end'));
    value.push(...findingAt(root, file, lintNamed(code, textOf(message, 'message')), spans));
  }
  return { value: withoutRepeats(value), problems };
};

/** `unused_must_use` is also about results that nobody reads: the one that is about futures has a name of its own here. */
function lintNamed(code: string | null, message: string | null): string | null {
  const isFuture = code === 'unused_must_use' && /\bfutures?\b/i.test(message ?? '');
  return isFuture ? 'unused_must_use (future)' : code;
}

function calledFrom(span: unknown, root: string): unknown {
  for (let at = span; at !== null && at !== undefined; at = field(field(at, 'expansion'), 'span'))
    if (fileIn(root, textOf(at, 'file_name')) !== null) return at;
  return null;
}

/** `cargo async-doctor --message-format json`. */
export const parseAsyncDoctor: ParseOutput = (text, root) =>
  fromJson(text, json =>
    itemsOf(json, 'diagnostics').flatMap(item => {
      const place = field(item, 'location');
      return findingAt(root, textOf(place, 'file_path'), textOf(item, 'id'), [
        spanOf('line', 'end_line')(place),
      ]);
    }),
  );

/** `cargo-perf --format json`. */
export const parseCargoPerf: ParseOutput = (text, root) =>
  fromJson(text, json =>
    itemsOf(json).flatMap(item =>
      findingAt(root, textOf(item, 'file_path'), textOf(item, 'rule_id'), [spanOf('line', 'end_line')(item)]),
    ),
  );

/** `rust-doctor --json`. */
export const parseRustDoctor: ParseOutput = (text, root) =>
  fromJson(text, json =>
    itemsOf(json, 'diagnostics').flatMap(item =>
      findingAt(root, textOf(item, 'path'), lintNamed(textOf(item, 'code'), textOf(item, 'message')), [
        spanOf('line_start', 'line_end')(field(item, 'span')),
      ]),
    ),
  );

/** `deslop scan --json --details`. */
export const parseDeslop: ParseOutput = (text, root) =>
  fromJson(text, json =>
    itemsOf(json, 'findings').flatMap(item =>
      findingAt(root, textOf(item, 'path'), textOf(item, 'rule_id'), [
        spanOf('start_line', 'end_line')(item),
      ]),
    ),
  );

/** `gruff-rs analyse --format json`. */
export const parseGruff: ParseOutput = (text, root) =>
  fromJson(text, json =>
    itemsOf(json, 'findings').flatMap(item =>
      findingAt(root, textOf(item, 'filePath') ?? textOf(item, 'file'), textOf(item, 'ruleId'), [
        spanOf('line', 'endLine')(item),
      ]),
    ),
  );

/** What a language server published, one `textDocument/publishDiagnostics` a line. Its lines count from 0. */
export const parsePublishedDiagnostics: ParseOutput = (text, root) => {
  const problems: Problem[] = [];
  const value = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const json = parsed(line);
    if (json === undefined) problems.push({ what: 'not a JSON value', line: index + 1 });
    const params = field(json, 'params');
    const uri = textOf(params, 'uri');
    const file = uri === null ? null : decodeURIComponent(uri.replace(/^file:\/\//, ''));
    return itemsOf(params, 'diagnostics').flatMap(item => {
      const start = field(field(field(item, 'range'), 'start'), 'line');
      const end = field(field(field(item, 'range'), 'end'), 'line');
      if (typeof start !== 'number' || typeof end !== 'number') return [];
      const related = itemsOf(item, 'relatedInformation').flatMap(other => {
        const at = field(field(field(field(other, 'location'), 'range'), 'start'), 'line');
        return typeof at === 'number' ? [[at + 1, at + 1] as const] : [];
      });
      return findingAt(root, file, textOf(item, 'code'), [[start + 1, end + 1], ...related]);
    });
  });
  return { value: withoutRepeats(value), problems };
};

/** lockbud logs a JSON array behind `WARN  lockbud::callbacks]` and names places as text: `src/a.rs:77:16: 77:32 (#0)`. */
export const parseLockbud: ParseOutput = (text, root) => {
  const problems: Problem[] = [];
  const value: PeerFinding[] = [];
  for (const [, array] of text.matchAll(/lockbud::callbacks\S*\] (\[\n[\s\S]*?\n *\])(?=\n\[\d{4}-)/g)) {
    const json = parsed(array!);
    if (json === undefined) problems.push({ what: 'not a JSON array of reports' });
    for (const report of itemsOf(json)) {
      const [lint, content] = Object.entries(report as object)[0] ?? [];
      const places = [...JSON.stringify(content ?? null).matchAll(/_span":"([^":]+):(\d+):\d+: (\d+):\d+/g)];
      const byFile = new Map<string, Span[]>();
      for (const [, file, first, last] of places)
        byFile.set(file!, [...(byFile.get(file!) ?? []), [Number(first), Number(last)]]);
      for (const [file, spans] of byFile) value.push(...findingAt(root, file, lint ?? null, spans));
    }
  }
  return { value: withoutRepeats(value), problems };
};

function fromJson(text: string, findingsOf: (json: unknown) => PeerFinding[]): Parsed<PeerFinding[]> {
  const json = parsed(text);
  if (json === undefined) return { value: [], problems: [{ what: 'not a JSON value' }] };
  return { value: withoutRepeats(findingsOf(json)), problems: [] };
}

function findingAt(
  root: string,
  path: string | null | undefined,
  lint: string | null,
  spans: readonly (Span | null)[],
  { isNote = false } = {},
): PeerFinding[] {
  const file = fileIn(root, path ?? null);
  const known = spans.filter(span => span !== null);
  return file === null || lint === null || known.length === 0 ? [] : [{ file, spans: known, lint, isNote }];
}

/** Relative to `root`; null for what lies outside, as the sources of dependencies and of std do. */
function fileIn(root: string, path: string | null): string | null {
  if (path === null || path.startsWith('<')) return null;
  const file = relative(root, resolve(root, path)).split(sep).join('/');
  return file === '' || file.startsWith('../') || isAbsolute(file) ? null : file;
}

function spanOf(firstName: string, lastName: string): (item: unknown) => Span | null {
  return item => {
    const first = field(item, firstName);
    const last = field(item, lastName);
    return typeof first === 'number' ? [first, typeof last === 'number' ? last : first] : null;
  };
}

/** Clippy and rustc say the same of a library and of its tests; some tools repeat a finding for each target. */
function withoutRepeats(findings: readonly PeerFinding[]): PeerFinding[] {
  return [...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown, name: string): string | null {
  const text = field(value, name);
  return typeof text === 'string' ? text : null;
}

/** The items of an array, or of the array that a field holds; none where there is no array. */
function itemsOf(value: unknown, name?: string): unknown[] {
  const items = name === undefined ? value : field(value, name);
  return Array.isArray(items) ? items : [];
}
