/**
 * `cargo … --message-format=json`: one JSON object a line, told apart by `reason`.
 * Defined in the cargo book, "External tools: JSON messages"; seen from cargo 1.95 and 1.97.
 * Between them stands whatever build scripts and tests print to stdout: lines that do not begin with `{` are theirs and
 * are counted, not read. Not read: suggested replacements, macro expansions of spans.
 */
import {
  asBoolean,
  asIndex,
  asList,
  asObject,
  asString,
  asStrings,
  type JsonObject,
  parseJsonObject,
} from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import { targetFromJson } from '#model/cargo-target.ts';
import type {
  Artifact,
  BuildScriptRun,
  CompilerMessages,
  Diagnostic,
  DiagnosticSpan,
} from '#model/compiler-message.ts';

export function parseCompilerMessages(text: string): Parsed<CompilerMessages> {
  const artifacts: Artifact[] = [];
  const diagnostics: Diagnostic[] = [];
  const buildScriptRuns: BuildScriptRun[] = [];
  const problems: Problem[] = [];
  const strangers = new Map<string, number>();
  let succeeded: boolean | null = null;
  let foreignLineCount = 0;

  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    if (!line.startsWith('{')) {
      foreignLineCount += 1;
      continue;
    }
    const message = parseJsonObject(line);
    if (message === null) {
      problems.push({ what: 'a line that is not whole JSON', line: index + 1 });
      continue;
    }
    const reason = asString(message.reason) ?? '';
    let understood = true;
    switch (reason) {
      case 'compiler-artifact':
        understood = keep(artifacts, parseArtifact(message));
        break;
      case 'compiler-message':
        understood = keep(diagnostics, parseDiagnostic(message));
        break;
      case 'build-script-executed':
        understood = keep(buildScriptRuns, parseBuildScriptRun(message));
        break;
      case 'build-finished':
        succeeded = asBoolean(message.success);
        break;
      default:
        strangers.set(reason, (strangers.get(reason) ?? 0) + 1);
    }
    if (!understood)
      problems.push({ what: `a ${reason} line without the fields it should have`, line: index + 1 });
  }
  if (foreignLineCount > 0) problems.push({ what: `${foreignLineCount} lines that are not cargo's` });
  for (const [reason, count] of strangers) {
    problems.push({ what: `unknown message \`${reason}\` (${count} lines)` });
  }
  return { value: { artifacts, diagnostics, buildScriptRuns, succeeded }, problems };
}

function keep<T>(list: T[], item: T | null): boolean {
  if (item !== null) list.push(item);
  return item !== null;
}

function parseArtifact(message: JsonObject): Artifact | null {
  const packageId = asString(message.package_id);
  const target = targetFromJson(message.target);
  if (packageId === null || target === null) return null;
  const profile = asObject(message.profile) ?? {};
  const debuginfo = profile.debuginfo;
  return {
    packageId,
    target,
    profile: {
      optLevel: asString(profile.opt_level) ?? '0',
      debuginfo: typeof debuginfo === 'number' ? String(debuginfo) : asString(debuginfo),
      debugAssertions: asBoolean(profile.debug_assertions) ?? false,
      overflowChecks: asBoolean(profile.overflow_checks) ?? false,
      test: asBoolean(profile.test) ?? false,
    },
    features: asStrings(message.features),
    filenames: asStrings(message.filenames),
    executable: asString(message.executable),
    fresh: asBoolean(message.fresh) ?? false,
  };
}

function parseDiagnostic(message: JsonObject): Diagnostic | null {
  const packageId = asString(message.package_id);
  const target = targetFromJson(message.target);
  const diagnostic = asObject(message.message);
  const level = asString(diagnostic?.level);
  if (packageId === null || target === null || diagnostic === null || level === null) return null;
  return {
    packageId,
    target,
    level,
    message: asString(diagnostic.message) ?? '',
    code: asString(asObject(diagnostic.code)?.code),
    rendered: asString(diagnostic.rendered),
    spans: asList(diagnostic.spans)
      .map(parseSpan)
      .filter(span => span !== null),
    children: asList(diagnostic.children).flatMap(item => {
      const child = asObject(item);
      const childLevel = asString(child?.level);
      return childLevel === null ? [] : [{ level: childLevel, message: asString(child?.message) ?? '' }];
    }),
  };
}

function parseSpan(value: unknown): DiagnosticSpan | null {
  const span = asObject(value);
  const file = asString(span?.file_name);
  const startLine = asIndex(span?.line_start);
  const startColumn = asIndex(span?.column_start);
  const endLine = asIndex(span?.line_end);
  const endColumn = asIndex(span?.column_end);
  if (file === null || startLine === null || startColumn === null || endLine === null || endColumn === null) {
    return null;
  }
  return {
    file,
    startLine,
    startColumn,
    endLine,
    endColumn,
    primary: asBoolean(span?.is_primary) ?? false,
    label: asString(span?.label),
  };
}

function parseBuildScriptRun(message: JsonObject): BuildScriptRun | null {
  const packageId = asString(message.package_id);
  if (packageId === null) return null;
  return {
    packageId,
    outDir: asString(message.out_dir) ?? '',
    cfgs: asStrings(message.cfgs),
    linkedLibraries: asStrings(message.linked_libs),
    linkedPaths: asStrings(message.linked_paths),
  };
}
