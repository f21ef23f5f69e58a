/**
 * MIR evidence to what the rules ask, in two readings with bounded memory: the first learns the shapes of types and the
 * call graph from all bodies and notes which coroutine bodies mention a type that matters; the second parses only the
 * bodies that a rule wants to see again.
 */
import type { Problem } from '#base/parsed.ts';
import { parseCargoMetadata } from '#formats/cargo-metadata/parse.ts';
import { parseBodies } from '#formats/mir-text/parse.ts';
import { spanAt } from '#formats/mir-text/span.ts';
import { withStandardPaths } from '#formats/mir-text/standard-paths.ts';
import { parseTypeSizes } from '#formats/type-sizes/parse.ts';
import { callGraphBuilder } from '#mir/call-graph.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import { TypeContains } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import { type TypeScope, TypeShapes } from '#mir/type-shapes.ts';
import type { EvidenceSource, MirUnit } from '#model/evidence.ts';
import type { Location } from '#model/location.ts';
import type { Body } from '#model/mir.ts';
import type { Workspace } from '#model/workspace.ts';
import type { SourceText } from '#rules/suppression.ts';
import type { AsyncBody, Instance } from './async-body.ts';
import { type Dependency, dependenciesOf } from './dependencies/dependencies.ts';
import { parseSummary } from './dependencies/summary.ts';
import { displayNameOf } from './display-name.ts';
import { futureSizesOf, type UnitSizes } from './future-sizes.ts';
import { cratesOfFutures } from './knowledge/cancel-safety.ts';
import { cratesOfCombinators } from './knowledge/combinators.ts';
import { type Guard, type GuardTable, guardOfDefinition, guardTable } from './knowledge/guards.ts';
import { mustCloseTable } from './knowledge/must-close.ts';
import { cratesOfRuntimes } from './knowledge/runtimes.ts';
import { standardCalls } from './knowledge/standard-calls.ts';
import type { Program } from './program.ts';
import { type SourceFile, sourceFileOf } from './source-file.ts';
import type { Subject } from './subject.ts';

export type Audited = 'listed' | 'required';

export interface AsyncInput {
  readonly evidence: EvidenceSource;
  /** Text of a source file by its path relative to the workspace; null where it is not known. */
  readonly readSource: (file: string) => string | null;
  /** The workspace's sources, where `// assay: allow(…)` is looked for; none: nothing is allowed. */
  readonly sources?: readonly SourceText[];
  /** Absolute, as on the machine that recorded the evidence. */
  readonly workspaceRoot: string;
  /** The workspace of the metadata, where it was parsed already. */
  readonly workspace?: Workspace | null;
  /** What is known of the dependencies; by default what the evidence has of them. */
  readonly dependencies?: readonly Dependency[];
  /** `listed`: every site with its verdict is in the section; `required`: what is open is an error besides. */
  readonly audit?: Audited;
  readonly progress?: (done: number, total: number) => void;
}

export interface AsyncFacts {
  readonly program: Program;
  readonly bodyCount: number;
  readonly asyncBodyCount: number;
  readonly awaitCount: number;
  readonly problems: readonly Problem[];
  /** The second reading: the bodies that are wanted, one at a time, in the order of the evidence. */
  subjects(wants: (node: FunctionNode) => boolean): AsyncGenerator<Subject | AsyncBody>;
}

interface Part {
  readonly name: string;
  readonly unit: MirUnit;
  /** Position of the unit among all. */
  readonly unitIndex: number;
  readonly scope: TypeScope;
}

/** A coroutine body as the first reading noted it. */
interface Noted {
  readonly unit: number;
  readonly name: string;
  readonly scope: TypeScope;
  /** Printed types of its locals, without references and the like. */
  readonly types: readonly string[];
}

// Limit: instances of one generic future that are judged.
const instancesMax = 4;

/** Rejects only where the source itself cannot be read. */
export async function gatherAsyncFacts(
  input: AsyncInput,
  table: GuardTable = guardTable(),
): Promise<AsyncFacts> {
  const { evidence } = input;
  const problems: Problem[] = [];
  const shapes = new TypeShapes();
  const workspace =
    input.workspace === undefined
      ? parseCargoMetadata((await evidence.readPart('cargo-metadata.json')) ?? '').value
      : input.workspace;
  const units = [...evidence.header.mirUnits].sort((a, b) => (a.key < b.key ? -1 : 1));
  const parts = partsOf(evidence, units, workspace, table);
  const noted: Noted[] = [];
  let bodyCount = 0;
  let awaitCount = 0;
  const text = new Map<string, string>();
  const intern = (value: string): string => {
    const known = text.get(value);
    if (known !== undefined) return known;
    // A slice of a dump would keep the whole dump alive.
    const own = Buffer.from(value).toString();
    text.set(own, own);
    return own;
  };
  const roots = [input.workspaceRoot, evidence.header.root];
  const calls = callGraphBuilder({
    shapes,
    standardCalls: standardCalls(),
    headerAt: (_, at) => {
      const location = relative(at, roots);
      const source = location === null ? null : input.readSource(location.file);
      return source === null || location === null ? null : textAt(source, location);
    },
    intern,
  });

  for await (const { index, part, text } of textsOf(evidence, parts)) {
    for (const body of bodiesOf(part, text, problems)) {
      bodyCount++;
      shapes.collect(body, part.scope);
      if (isJudged(body) || body.yields === null) {
        calls.note(body, part.unitIndex, part.scope, ref => {
          const location = relative(spanAt(body, ref), roots);
          return location === null ? null : { ...location, file: intern(location.file) };
        });
      }
      if (!isJudged(body)) continue;
      for (const block of body.blocks) if (block.terminator.kind === 'yield') awaitCount++;
      const types = new Set<string>();
      for (const local of body.locals) if (mayOwn(local.ty)) types.add(intern(local.ty));
      noted.push({ unit: part.unitIndex, name: intern(body.name), scope: part.scope, types: [...types] });
    }
    input.progress?.(index + 1, parts.length * 2);
  }

  const graph = calls.finish();
  const sourceFiles = new Map<string, SourceFile | null>();
  const sourceFile = (file: string): SourceFile | null => {
    let known = sourceFiles.get(file);
    if (known === undefined) {
      const text = input.readSource(file);
      known = text === null ? null : sourceFileOf(text);
      sourceFiles.set(file, known);
    }
    return known;
  };

  const guards = new TypeContains<Guard>(
    shapes,
    path => table.find(path) ?? guardOfDefinition(path, table, shapes.namesakesOf(path)),
  );
  const instances = instancesOf(noted, shapes, guards);
  const guardCandidates = new Set<FunctionId>();
  for (const body of noted) {
    const node = graph.node(body.unit, body.name);
    if (node !== null && matters(body, shapes, guards, instances)) guardCandidates.add(node.id);
  }
  const program: Program = {
    graph,
    shapes,
    units,
    workspace,
    displayName: node => displayNameOf(node, graph, units[node.unit]?.crateName ?? ''),
    guardCandidates,
    dependencies: dependenciesOf(input.dependencies ?? (await dependenciesIn(evidence, problems)), units),
    futureSizes: futureSizesOf(graph.nodes, await sizesOf(evidence, parts, problems), shapes),
    readSource: input.readSource,
    sources: input.sources ?? [],
  };

  return {
    program,
    bodyCount,
    asyncBodyCount: noted.length,
    awaitCount,
    problems,
    async *subjects(wants) {
      const wanted = new Map<number, Map<string, FunctionNode>>();
      for (const node of graph.nodes) {
        if (!wants(node)) continue;
        const known = wanted.get(node.unit);
        if (known === undefined) wanted.set(node.unit, new Map([[node.name, node]]));
        else known.set(node.name, node);
      }
      const read = parts.filter(part => wanted.has(part.unitIndex));
      for await (const { part, text } of textsOf(evidence, read)) {
        const nodes = wanted.get(part.unitIndex) ?? new Map<string, FunctionNode>();
        for (const body of bodiesOf(part, text === null ? null : dumpsOf(text, nodes), [])) {
          const node = nodes.get(body.name);
          if (node === undefined || node.coroutine !== isJudged(body)) continue;
          yield subjectOf(body, node, part);
        }
        input.progress?.(parts.length + parts.indexOf(part) + 1, parts.length * 2);
      }
    },
  };

  function subjectOf(body: Body, node: FunctionNode, part: Part): Subject | AsyncBody {
    const subject: Subject = {
      body,
      node,
      krate: {
        crateName: part.unit.crateName,
        package: part.unit.package,
        targetKind: part.unit.targetKind,
        edition: part.unit.edition,
      },
      scope: part.scope,
      displayName: program.displayName(node),
      span: ref => relative(spanAt(body, ref), roots),
      shapes,
      readSource: input.readSource,
      sourceFile,
    };
    if (!node.coroutine) return subject;
    const self = shapes.qualify(body.locals[1]?.ty ?? '', part.scope);
    return {
      ...subject,
      guards,
      instances:
        self.kind === 'closure'
          ? (instances.get(self.key) ?? []).map(args => ({ parameters: self.args, args }))
          : [],
    };
  }
}

/** The same state under two names: what rustc writes depends on its version (see `dumpFlags`). */
const coroutinePasses: ReadonlySet<string | undefined> = new Set([
  'StateTransform before',
  'coroutine_before 0',
]);
const coroutineHeaders: ReadonlySet<string | undefined> = new Set([
  'before StateTransform',
  '0 coroutine_before',
]);

/** Bodies of coroutines before their transformation; the copies that rustc makes for by-move async closures are not. */
function isJudged(body: Body): boolean {
  return body.yields !== null && coroutinePasses.has(body.pass) && !/::\{synthetic#\d+\}$/.test(body.name);
}

function partsOf(
  evidence: EvidenceSource,
  units: readonly MirUnit[],
  workspace: Workspace | null,
  table: GuardTable,
): Part[] {
  const externCrates = new Set<string>();
  for (const krate of workspace?.packages ?? []) {
    externCrates.add(krate.name.replaceAll('-', '_'));
    for (const target of krate.targets)
      if (isLibrary(target.kind[0] ?? '')) externCrates.add(target.name.replaceAll('-', '_'));
  }
  for (const unit of units) if (isLibrary(unit.targetKind)) externCrates.add(unit.crateName);
  for (const { paths } of table.rows)
    for (const path of paths) externCrates.add(path.slice(0, path.indexOf('::')));
  for (const krate of [...cratesOfFutures(), ...cratesOfCombinators(), ...cratesOfRuntimes()])
    externCrates.add(krate);
  for (const { paths } of mustCloseTable().rows)
    for (const path of paths) externCrates.add(path.slice(0, path.indexOf('::')));
  const parts: Part[] = [];
  for (const [unitIndex, unit] of units.entries()) {
    const prefix = isLibrary(unit.targetKind) ? unit.crateName : `${unit.targetKind}:${unit.crateName}`;
    const scope = { prefix, externCrates };
    const folder = `mir/${unit.key}/`;
    for (const name of evidence.partNames)
      if (name.startsWith(folder)) parts.push({ name, unit, unitIndex, scope });
  }
  return parts;
}

function isLibrary(targetKind: string): boolean {
  return ['lib', 'rlib', 'dylib', 'cdylib', 'staticlib', 'proc-macro'].includes(targetKind);
}

/** The texts of parts in their order; while one is worked on, the next is read. */
async function* textsOf(
  evidence: EvidenceSource,
  parts: readonly Part[],
): AsyncGenerator<{ readonly index: number; readonly part: Part; readonly text: string | null }> {
  const read = (index: number) => {
    const part = parts[index];
    if (part === undefined) return null;
    const text = evidence.readPart(part.name);
    // Whoever stops before this part must not be told of its failure.
    text.catch(() => {});
    return { index, part, text };
  };
  for (let now = read(0); now !== null; ) {
    const { index, part } = now;
    const text = await now.text;
    now = read(index + 1);
    yield { index, part, text: text === null ? null : withStandardPaths(text) };
  }
}

function* bodiesOf(part: Part, text: string | null, problems: Problem[]): Generator<Body> {
  if (text === null) {
    problems.push({ what: 'the part is listed and missing', input: part.name });
    return;
  }
  const own: Problem[] = [];
  yield* parseBodies(text, own);
  problems.push(...own.map(problem => ({ ...problem, input: part.name })));
}

/** The summaries that the evidence has. */
async function dependenciesIn(evidence: EvidenceSource, problems: Problem[]): Promise<Dependency[]> {
  const found: Dependency[] = [];
  for (const unit of evidence.header.dependencies ?? []) {
    const name = `dependency/${unit.key}.json`;
    const parsed = parseSummary((await evidence.readPart(name)) ?? '');
    problems.push(...parsed.problems.map(problem => ({ ...problem, input: name })));
    if (parsed.value !== null) found.push({ unit, summary: parsed.value });
  }
  return found;
}

async function sizesOf(
  evidence: EvidenceSource,
  parts: readonly Part[],
  problems: Problem[],
): Promise<UnitSizes[]> {
  const recorded = new Map<number, UnitSizes>();
  for (const { unit, unitIndex, scope } of parts) {
    const name = `type-sizes/${unit.key}.txt`;
    if (recorded.has(unitIndex) || !evidence.partNames.includes(name)) continue;
    const parsed = parseTypeSizes(withStandardPaths((await evidence.readPart(name)) ?? ''));
    problems.push(...parsed.problems.map(problem => ({ ...problem, input: name })));
    recorded.set(unitIndex, { unit: unitIndex, scope, sizes: parsed.value });
  }
  return [...recorded.values()];
}

/** The dumps of these bodies, by the header line that rustc puts before each. */
function dumpsOf(text: string, nodes: ReadonlyMap<string, FunctionNode>): string {
  const dumps: string[] = [];
  const header = /^\/\/ MIR for `(.*)` (.*)$/gm;
  for (let match = header.exec(text); match !== null; ) {
    const next = header.exec(text);
    const [, name = '', pass] = match;
    const node = nodes.get(name);
    if (node !== undefined && node.coroutine === coroutineHeaders.has(pass))
      dumps.push(text.slice(match.index, next?.index));
    match = next;
  }
  return dumps.join('');
}

/** A stretch of a source file; null where the file is shorter. */
function textAt(source: string, { startLine, startColumn, endLine, endColumn }: Location): string | null {
  const lines = source.split('\n').slice(startLine - 1, endLine);
  if (lines.length !== endLine - startLine + 1) return null;
  const last = lines.length - 1;
  lines[last] = (lines[last] as string).slice(0, endColumn - 1);
  lines[0] = (lines[0] as string).slice(startColumn - 1);
  return lines.join('\n');
}

/** Types that own nothing of interest are most of a body's locals. */
function mayOwn(printed: string): boolean {
  return !/^(&|\*|\(\)$|bool$|!$|[iu]\d+$|[iu]size$|std::future::ResumeTy|std::pin::Pin<&)/.test(printed);
}

function matters(
  body: Noted,
  shapes: TypeShapes,
  guards: TypeContains<Guard>,
  instances: ReadonlyMap<string, unknown>,
): boolean {
  return body.types.some(printed => {
    const ty = shapes.qualify(printed, body.scope);
    const contents = guards.contentsOf(ty);
    if (contents.found.length > 0 || contents.unresolved.length > 0) return true;
    return ty.kind === 'closure' && ty.args.length > 0 && instances.has(ty.key);
  });
}

/** Argument lists with a guard in them, by the future that they were seen with. */
function instancesOf(
  noted: readonly Noted[],
  shapes: TypeShapes,
  guards: TypeContains<Guard>,
): ReadonlyMap<string, readonly Instance['args'][]> {
  const seen = new Map<string, Map<string, readonly Ty[]>>();
  for (const { types, scope } of noted) {
    for (const printed of types) {
      if (!printed.startsWith('{async fn body of ')) continue;
      const ty = shapes.qualify(printed, scope);
      if (ty.kind !== 'closure' || !ty.args.some(arg => guards.contentsOf(arg).found.length > 0)) continue;
      const known = seen.get(ty.key);
      const key = ty.args.map(arg => arg.text).join(', ');
      if (known === undefined) seen.set(ty.key, new Map([[key, ty.args]]));
      else known.set(key, ty.args);
    }
  }
  const instances = new Map<string, readonly (readonly Ty[])[]>();
  for (const [key, lists] of seen) {
    const sorted = [...lists].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, instancesMax);
    instances.set(
      key,
      sorted.map(([, args]) => args),
    );
  }
  return instances;
}

/** Spans below the workspace's root become relative to it, with `/`. */
function relative(location: Location | null, roots: readonly string[]): Location | null {
  if (location === null) return null;
  const file = location.file.replaceAll('\\', '/');
  for (const root of roots) {
    const prefix = `${root.replaceAll('\\', '/').replace(/\/$/, '')}/`;
    if (file.startsWith(prefix)) return { ...location, file: file.slice(prefix.length) };
  }
  return { ...location, file };
}
