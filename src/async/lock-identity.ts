/** Whether two locks are the same one, and what a reader calls them. */
import { isStandardPath, lastSegment } from '#mir/type-contains.ts';
import { type TypeShapes, unqualified } from '#mir/type-shapes.ts';
import type { Base, Value } from '#mir/value-paths.ts';

/**
 * The lock of a type rather than of a value: `shop::Db.0`, a static's path, and for a lock that is handed around by itself
 * what it protects, `type Mutex<shop::State>`, where that is a type of somebody's own. Null where even that is not known.
 */
export function lockClassOf(lock: Value): string | null {
  if (lock.base.kind === 'static') return `${lock.base.name}${lock.steps.map(({ step }) => step).join('')}`;
  const last = lock.steps.findLastIndex(({ owner }) => owner?.kind === 'path');
  const owner = lock.steps[last]?.owner;
  if (owner?.kind !== 'path') return typeClassOf(lock);
  return `${owner.path}${lock.steps
    .slice(last)
    .map(({ step }) => step)
    .join('')}`;
}

function typeClassOf({ ty }: Value): string | null {
  if (ty?.kind !== 'path') return null;
  const inside = ty.args.at(-1);
  if (inside?.kind !== 'path' || isStandardPath(inside.path)) return null;
  // A type parameter, most likely.
  if (/^[A-Z][A-Z0-9]?$/.test(lastSegment(inside.path))) return null;
  return `type ${ty.text}`;
}

function mayBeOne(a: string | null, b: string | null, typeA: Value['ty'], typeB: Value['ty']): boolean {
  if (a === null || b === null || a === b) return true;
  // A lock that came by itself may be the one that somebody has in a field.
  const byType = a.startsWith('type ') || b.startsWith('type ');
  return byType && typeA?.text === typeB?.text;
}

/** Both in terms of the same body. `unknown` where the one may be the other. */
export function compareLocks(a: Value, b: Value): 'same' | 'different' | 'unknown' {
  const [classA, classB] = [lockClassOf(a), lockClassOf(b)];
  if (!mayBeOne(classA, classB, a.ty, b.ty)) return 'different';
  if (isVague(a) || isVague(b)) return 'unknown';
  if (!isSameBase(a.base, b.base)) return 'unknown';
  const stepsA = a.steps.map(({ step }) => step).join('');
  const stepsB = b.steps.map(({ step }) => step).join('');
  if (stepsA === stepsB) return 'same';
  if (classA === null || classB === null) return 'unknown';
  // Two fields of one struct are two things; two captures of a future, as two arguments, may be one.
  const split = a.steps.findIndex(({ step }, index) => step !== b.steps[index]?.step);
  return a.steps[split]?.owner?.kind === 'closure' ? 'unknown' : 'different';
}

/** A text that is equal for values that are surely the same thing in one body; null for what is not known. */
export function identityOf(lock: Value): string | null {
  if (isVague(lock)) return null;
  return `${baseText(lock.base)}${lock.steps.map(({ step }) => step).join('')}`;
}

/** Shares no thread with anybody: reached through `&mut` or owned, and through nothing shared. */
export function isExclusive({ base, shared }: Value): boolean {
  if (shared) return false;
  if (base.kind === 'argument') return !base.shared;
  return base.kind === 'local' || base.kind === 'made';
}

/** `Db.state`, `STATE`, `Mutex<u32>`. */
export function lockText(lock: Value, shapes: TypeShapes): string {
  if (lock.base.kind === 'static' && lock.steps.length === 0) return lastSegment(lock.base.name);
  const last = lock.steps.findLastIndex(({ owner }) => owner?.kind === 'path');
  const step = lock.steps[last];
  if (step?.owner?.kind === 'path') {
    const fields = shapes.shapeOf(step.owner)?.variants.find(variant => variant.name === null)?.fields ?? [];
    const name = fields.find(({ index }) => `.${index}` === step.step)?.name ?? step.step.slice(1);
    return `${lastSegment(step.owner.path)}.${name}`;
  }
  return lock.ty === null ? 'a lock' : shortened(unqualified(lock.ty.text));
}

function shortened(text: string): string {
  return text.replace(/\b(?:\w+::)+(\w)/g, '$1');
}

function isVague({ base, steps }: Value): boolean {
  return base.kind === 'unknown' || base.kind === 'made' || steps.some(({ step }) => step === '[]');
}

function isSameBase(a: Base, b: Base): boolean {
  return baseText(a) === baseText(b);
}

function baseText(base: Base): string {
  switch (base.kind) {
    case 'argument':
      return `argument ${base.local}`;
    case 'static':
      return `static ${base.name}`;
    case 'local':
    case 'result':
      return `block ${base.block}`;
    default:
      return base.kind;
  }
}
