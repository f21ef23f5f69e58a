/** What makes a future large: the parts of its largest suspend point, each with its place in the source. */
import type { FunctionId } from '#mir/function-node.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Location } from '#model/location.ts';
import type { Body } from '#model/mir.ts';
import type { FieldSize, VariantSize } from '#model/type-size.ts';
import type { FutureSize, FutureSizes } from '../../future-sizes.ts';
import { isInWorkspace, type Subject } from '../../subject.ts';

export interface FutureFacts {
  readonly future: FunctionId;
  readonly displayName: string;
  readonly package: string;
  /** The instance with the largest size. */
  readonly size: FutureSize;
  readonly isGeneric: boolean;
  /** Where it is suspended when it is largest; null before its first poll, or where the place is not the workspace's. */
  readonly suspended: Location | null;
  /** Largest first. */
  readonly parts: readonly Part[];
  /** The body as a whole, as far as its place is known. */
  readonly location: Location | null;
}

export interface Part {
  /** `argument`: captured when the future was made; `awaited`: the future that is polled there. */
  readonly kind: 'local' | 'argument' | 'awaited' | 'temporary';
  readonly name: string;
  readonly sizeBytes: number;
  /** For people; null where the compiler and the dump do not tell. */
  readonly ty: string | null;
  readonly location: Location | null;
  /** Futures of the workspace in it. */
  readonly futures: readonly FunctionId[];
}

// Limit: smaller parts are not looked up. What is told of is at least eight times as large.
const partBytesMin = 1024;

/** Null where the compiler said no size. */
export function factsOf(subject: Subject, sizes: FutureSizes): FutureFacts | null {
  const [size] = sizes.of(subject.node.id);
  if (size === undefined) return null;
  const { body } = subject;
  const largest = size.variants.reduce<VariantSize | null>(
    (best, variant) => (best === null || keptIn(variant) > keptIn(best) ? variant : best),
    null,
  );
  const suspendIndex = /^Suspend(\d+)$/.exec(largest?.name ?? '')?.[1];
  const suspended = suspendIndex === undefined ? null : suspendedAt(subject, Number(suspendIndex));
  const parts = (largest?.fields ?? [])
    .filter(field => field.sizeBytes >= partBytesMin)
    .map(field => partOf(subject, sizes, field, suspended))
    .sort((a, b) => b.sizeBytes - a.sizeBytes || lineOf(a) - lineOf(b));
  return {
    future: subject.node.id,
    displayName: subject.displayName,
    package: subject.krate.package,
    size,
    isGeneric: size.ty.kind === 'closure' && size.ty.args.length > 0,
    suspended,
    parts,
    location: inWorkspace(subject, body.locals[0]?.span ?? -1),
  };
}

function lineOf({ location }: Part): number {
  return location?.startLine ?? 0;
}

/** A variant's own size counts what lies between its fields too. */
function keptIn({ fields }: VariantSize): number {
  return fields.reduce((sum, field) => sum + field.sizeBytes, 0);
}

/** rustc numbers suspend points by the order of the blocks that yield. */
function suspendedAt(subject: Subject, index: number): Location | null {
  const yields = subject.body.blocks.flatMap(({ terminator }) =>
    terminator.kind === 'yield' ? [terminator] : [],
  );
  const at = yields[index];
  return at === undefined ? null : inWorkspace(subject, at.span);
}

function partOf(subject: Subject, sizes: FutureSizes, field: FieldSize, suspended: Location | null): Part {
  const { body, shapes, scope, node } = subject;
  const declared = field.ty === null ? declarationOf(subject, field, sizes, suspended) : null;
  const printed = field.ty ?? declared?.printed ?? null;
  const ty = printed === null ? null : shapes.qualify(printed, scope);
  const futures = ty === null ? [] : holdable(sizes.namedIn(ty, node.unit), field, sizes);
  const isAwaited = field.name === '__awaitee';
  // `.coroutine_field3`: a value that has no name in the source.
  const isTemporary = field.name.startsWith('.') || /^\d/.test(field.name);
  return {
    kind: field.kind === 'upvar' ? 'argument' : isAwaited ? 'awaited' : isTemporary ? 'temporary' : 'local',
    name: field.name,
    sizeBytes: field.sizeBytes,
    ty: ty === null ? null : unqualified(ty.text),
    location:
      declared?.location ??
      (isTemporary && printed !== null ? temporaryAt(subject, body, printed) : suspended),
    futures,
  };
}

/** A type that names a future behind a pointer, as `Pin<Box<…>>` does, is smaller than the future. */
function holdable(futures: readonly FunctionId[], field: FieldSize, sizes: FutureSizes): FunctionId[] {
  return futures.filter(future => sizes.of(future).some(size => size.sizeBytes <= field.sizeBytes));
}

/** The variable of that name; of several the one whose future has the size, then the last before the await. */
function declarationOf(
  subject: Subject,
  field: FieldSize,
  sizes: FutureSizes,
  suspended: Location | null,
): { printed: string; location: Location | null } | null {
  const { body, shapes, scope, node } = subject;
  const candidates = body.debugInfo.flatMap(({ name, place, span }) => {
    if (name !== field.name || place === null) return [];
    const [first, ...rest] = place.projection;
    const isCapture = place.local === 1 && first?.kind === 'field' && rest.length === 0;
    if (field.kind === 'upvar') {
      return isCapture ? [{ printed: first.ty, location: inWorkspace(subject, span) }] : [];
    }
    if (first !== undefined) return [];
    const printed = body.locals[place.local]?.ty ?? '';
    return [{ printed, location: inWorkspace(subject, span) }];
  });
  const fitting = candidates.find(({ printed }) =>
    sizes
      .namedIn(shapes.qualify(printed, scope), node.unit)
      .some(future => sizes.of(future).some(size => size.sizeBytes === field.sizeBytes)),
  );
  if (fitting !== undefined) return fitting;
  const before = candidates.filter(
    ({ location }) => location === null || suspended === null || location.startLine <= suspended.startLine,
  );
  return before.at(-1) ?? candidates[0] ?? null;
}

function temporaryAt(subject: Subject, body: Body, printed: string): Location | null {
  const named = new Set(body.debugInfo.flatMap(({ place }) => (place === null ? [] : [place.local])));
  const found = body.locals.filter((local, index) => !named.has(index) && local.ty === printed);
  return found.length === 1 ? inWorkspace(subject, found[0]?.span ?? -1) : null;
}

function inWorkspace(subject: Subject, span: number): Location | null {
  const location = subject.span(span);
  return location !== null && isInWorkspace(location) ? location : null;
}
