/**
 * MIR evidence to what the rules ask, in two readings with bounded memory: the first learns the shapes of types from
 * all bodies and notes which coroutine bodies mention a type that matters; the second parses only the parts that hold
 * one of those again.
 */
import type { Problem } from '#base/parsed.ts';
import { parseCargoMetadata } from '#formats/cargo-metadata/parse.ts';
import { parseBodies } from '#formats/mir-text/parse.ts';
import { spanAt } from '#formats/mir-text/span.ts';
import { TypeContains } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import { type TypeScope, TypeShapes } from '#mir/type-shapes.ts';
import type { EvidenceSource, MirUnit } from '#model/evidence.ts';
import type { Location } from '#model/location.ts';
import type { Body } from '#model/mir.ts';
import type { SourceText } from '#rules/suppression.ts';
import type { AsyncBody, Instance } from './async-body.ts';
import { displayNames } from './display-name.ts';
import { type Guard, type GuardTable, guardOfDefinition, guardTable } from './knowledge/guards.ts';
import { type SourceFile, sourceFileOf } from './source-file.ts';

export interface AsyncInput {
  readonly evidence: EvidenceSource;
  /** Text of a source file by its path relative to the workspace; null where it is not known. */
  readonly readSource: (file: string) => string | null;
  /** The workspace's sources, where `// assay: allow(…)` is looked for; none: nothing is allowed. */
  readonly sources?: readonly SourceText[];
  /** Absolute, as on the machine that recorded the evidence. */
  readonly workspaceRoot: string;
  readonly progress?: (done: number, total: number) => void;
}

export interface AsyncFacts {
  readonly bodyCount: number;
  readonly asyncBodyCount: number;
  readonly awaitCount: number;
  readonly problems: readonly Problem[];
  /** Bodies that may hold something that a rule cares about, one at a time, in the order of the evidence. */
  candidates(): AsyncGenerator<AsyncBody>;
}

interface Part {
  readonly name: string;
  readonly unit: MirUnit;
  readonly scope: TypeScope;
}

/** A coroutine body as the first reading noted it. */
interface Noted {
  readonly part: number;
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
  const parts = await partsOf(evidence, table);
  const noted: Noted[] = [];
  const names = displayNames();
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

  for (const [index, part] of parts.entries()) {
    for await (const body of bodiesOf(evidence, part, problems, text => text)) {
      bodyCount++;
      shapes.collect(body, part.scope);
      names.note(body, part.scope, shapes);
      if (!isJudged(body)) continue;
      for (const block of body.blocks) if (block.terminator.kind === 'yield') awaitCount++;
      const types = new Set<string>();
      for (const local of body.locals) if (mayOwn(local.ty)) types.add(intern(local.ty));
      noted.push({ part: index, name: intern(body.name), scope: part.scope, types: [...types] });
    }
    input.progress?.(index + 1, parts.length * 2);
  }

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
  const wanted = new Map<number, Set<string>>();
  for (const body of noted) {
    if (!matters(body, shapes, guards, instances)) continue;
    const known = wanted.get(body.part);
    if (known === undefined) wanted.set(body.part, new Set([body.name]));
    else known.add(body.name);
  }

  return {
    bodyCount,
    asyncBodyCount: noted.length,
    awaitCount,
    problems,
    async *candidates() {
      for (const [index, part] of parts.entries()) {
        const wantedNames = wanted.get(index);
        if (wantedNames !== undefined) {
          for await (const body of bodiesOf(evidence, part, [], text => dumpsOf(text, wantedNames))) {
            if (!isJudged(body) || !wantedNames.has(body.name)) continue;
            yield subjectOf(body, part);
          }
        }
        input.progress?.(parts.length + index + 1, parts.length * 2);
      }
    },
  };

  function subjectOf(body: Body, part: Part): AsyncBody {
    const self = shapes.qualify(body.locals[1]?.ty ?? '', part.scope);
    return {
      body,
      krate: {
        crateName: part.unit.crateName,
        package: part.unit.package,
        targetKind: part.unit.targetKind,
        edition: part.unit.edition,
      },
      scope: part.scope,
      displayName: names.of(body, part.scope, part.unit.crateName, shapes),
      span: ref => relative(spanAt(body, ref), [input.workspaceRoot, evidence.header.root]),
      shapes,
      guards,
      instances:
        self.kind === 'closure'
          ? (instances.get(self.key) ?? []).map(args => ({ parameters: self.args, args }))
          : [],
      readSource: input.readSource,
      sourceFile,
    };
  }
}

/** Bodies of coroutines before their transformation; the copies that rustc makes for by-move async closures are not. */
function isJudged(body: Body): boolean {
  return (
    body.yields !== null && body.pass === 'StateTransform before' && !/::\{synthetic#\d+\}$/.test(body.name)
  );
}

async function partsOf(evidence: EvidenceSource, table: GuardTable): Promise<Part[]> {
  const units = [...evidence.header.mirUnits].sort((a, b) => (a.key < b.key ? -1 : 1));
  const metadata = (await evidence.readPart('cargo-metadata.json')) ?? '';
  const externCrates = new Set<string>();
  for (const krate of parseCargoMetadata(metadata).value?.packages ?? []) {
    externCrates.add(krate.name.replaceAll('-', '_'));
    for (const target of krate.targets)
      if (isLibrary(target.kind[0] ?? '')) externCrates.add(target.name.replaceAll('-', '_'));
  }
  for (const unit of units) if (isLibrary(unit.targetKind)) externCrates.add(unit.crateName);
  for (const { paths } of table.rows)
    for (const path of paths) externCrates.add(path.slice(0, path.indexOf('::')));
  const parts: Part[] = [];
  for (const unit of units) {
    const prefix = isLibrary(unit.targetKind) ? unit.crateName : `${unit.targetKind}:${unit.crateName}`;
    const scope = { prefix, externCrates };
    const folder = `mir/${unit.key}/`;
    for (const name of evidence.partNames) if (name.startsWith(folder)) parts.push({ name, unit, scope });
  }
  return parts;
}

function isLibrary(targetKind: string): boolean {
  return ['lib', 'rlib', 'dylib', 'cdylib', 'staticlib', 'proc-macro'].includes(targetKind);
}

async function* bodiesOf(
  evidence: EvidenceSource,
  part: Part,
  problems: Problem[],
  select: (text: string) => string,
): AsyncGenerator<Body> {
  const text = await evidence.readPart(part.name);
  if (text === null) {
    problems.push({ what: 'the part is listed and missing', input: part.name });
    return;
  }
  const own: Problem[] = [];
  yield* parseBodies(select(text), own);
  problems.push(...own.map(problem => ({ ...problem, input: part.name })));
}

/** The dumps of these bodies before StateTransform, by the header line that rustc puts before each. */
function dumpsOf(text: string, names: ReadonlySet<string>): string {
  const dumps: string[] = [];
  const header = /^\/\/ MIR for `(.*)` (.*)$/gm;
  for (let match = header.exec(text); match !== null; ) {
    const next = header.exec(text);
    const [, name = '', pass] = match;
    if (pass === 'before StateTransform' && names.has(name)) dumps.push(text.slice(match.index, next?.index));
    match = next;
  }
  return dumps.join('');
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
