/**
 * What is inside a struct, an enum or a closure, learned from bodies. MIR dumps have no type definitions, but a value of
 * a type exists only where an aggregate makes it (`Holder::<'_> { name: const 1_u32, guard: move _5 }`; tuple structs
 * have a constructor body), and each use of a field prints the field's type (`(_4.1: std::sync::MutexGuard<'_, u32>)`).
 *
 * A definition is known once per list of generic arguments that was seen. Where one of them was made of type parameters
 * (`Gen::<T>`), it holds for every instance; where an instance was not seen itself, another one's types are read with
 * its arguments replaced, and the answer is marked inexact.
 *
 * Paths are qualified first, because a crate prints its own items without its name: see `qualifyType`.
 */
import type { BasicBlock, Body, Place, Projection } from '#model/mir.ts';
import { operandsOf, printedTypeOf, terminatorOperandsOf } from './place.ts';
import { closureType, mapType, parsePath, parseType, pathType, type Ty } from './type-parser.ts';

/** Where a type was printed. */
export interface TypeScope {
  /** What the crate's own paths are put behind: the crate's name for libraries, `bin:name`, `test:name` for others. */
  readonly prefix: string;
  /** First segments that name another crate. `std`, `core` and `alloc` are always among them. */
  readonly externCrates: ReadonlySet<string>;
}

export interface Shape {
  readonly variants: readonly VariantShape[];
}

export interface VariantShape {
  /** Null for structs, tuples and closures. */
  readonly name: string | null;
  readonly fields: readonly FieldShape[];
  /** False when the fields' types were read off another instance of the type. */
  readonly exact: boolean;
}

export interface FieldShape {
  readonly index: number;
  readonly name: string | null;
  /** Null when no body showed it. */
  readonly ty: Ty | null;
}

interface Site {
  readonly args: readonly Ty[];
  readonly fields: Map<number, { name: string | null; ty: Ty | null }>;
}

/** Variants by name (`''` for structs), and each variant's sites by the printed arguments. */
type Definition = Map<string, Map<string, Site>>;

// Limit: instances kept of one variant. Beyond it the instance with the greatest text is dropped, so that what is kept
// does not depend on the order of bodies.
const sitesMax = 200;

const primitives = new Set(
  'bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f16 f32 f64 f128'.split(' '),
);
const standardCrates = new Set(['std', 'core', 'alloc', 'proc_macro', 'test']);

const noPaths: ReadonlySet<string> = new Set();

export class TypeShapes {
  readonly #definitions = new Map<string, Definition>();
  /** Paths by crate and last segment, for items that another crate prints by the path of a re-export. */
  readonly #byLastSegment = new Map<string, Set<string>>();
  /** The same of the types that a crate's own bodies make or look into: these print the path of the definition. */
  readonly #ownByLastSegment = new Map<string, Set<string>>();
  /** Paths that an aggregate made, and not only a projection looked into. */
  readonly #made = new Set<string>();
  readonly #qualified = new Map<string, Map<string, Ty>>();
  /** Qualified names that were printed as a single word: type parameters, and types of a crate's root. */
  readonly #bare = new Set<string>();
  readonly #seen = new Set<string>();
  /** Fields that a body looked at, by crate, last segment of the type, and index. */
  readonly #readFields = new Set<string>();
  #answers = new Map<string, Shape | null>();

  /** The type with all of its paths qualified. */
  qualify(text: string, scope: TypeScope): Ty {
    let known = this.#qualified.get(scope.prefix);
    if (known === undefined) {
      known = new Map();
      this.#qualified.set(scope.prefix, known);
    }
    let ty = known.get(text);
    if (ty === undefined) {
      const parsed = parseType(text);
      ty = qualifyType(parsed, scope);
      known.set(text, ty);
      mapType(parsed, inner => {
        if (inner.kind === 'path' && !inner.path.includes('::'))
          this.#bare.add(qualifyPath(inner.path, scope));
        return inner;
      });
    }
    return ty;
  }

  /** Learns from one body. The order of bodies does not matter. */
  collect(body: Body, scope: TypeScope): void {
    for (const block of body.blocks) {
      for (const statement of block.statements) {
        if (statement.kind !== 'assign') continue;
        this.#collectPlace(body, statement.place, scope);
        const { rvalue } = statement;
        if (rvalue.kind === 'aggregate') this.#collectAggregate(body, statement.place, rvalue, scope);
        else if (rvalue.kind === 'use' || rvalue.kind === 'cast') {
          if (rvalue.operand.kind !== 'const') this.#collectPlace(body, rvalue.operand.place, scope);
        } else if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref' || rvalue.kind === 'discriminant') {
          this.#collectPlace(body, rvalue.place, scope);
        }
      }
      if (block.terminator.kind === 'drop') this.#collectPlace(body, block.terminator.place, scope);
      if (!/>::fmt$/.test(body.name)) this.#collectReads(body, block, scope);
    }
    for (const { place } of body.debugInfo) if (place !== null) this.#collectPlace(body, place, scope);
  }

  /** The shape of a qualified type; null when nothing is known of it. */
  shapeOf(ty: Ty): Shape | null {
    if (ty.kind !== 'path' && ty.kind !== 'closure') return null;
    const known = this.#answers.get(ty.text);
    if (known !== undefined) return known;
    const shape = this.#answer(ty);
    this.#answers.set(ty.text, shape);
    return shape;
  }

  /** Definitions in a path's crate with its last segment, as far as that crate's bodies were read and use them. */
  namesakesOf(path: string): ReadonlySet<string> {
    return this.#ownByLastSegment.get(lastSegmentKey(path)) ?? noPaths;
  }

  /**
   * Whether a body reads or writes the field, apart from making and dropping the whole value and from `fmt`. Types of the
   * same crate and name are one here, so a re-export hides no reader.
   */
  isFieldRead(path: string, index: number, field: Ty): boolean {
    return (
      this.#readFields.has(`${lastSegmentKey(path)} ${index}`) || this.#readFields.has(`* ${field.text}`)
    );
  }

  #collectAggregate(
    body: Body,
    place: Place,
    aggregate: {
      shape: string;
      name: string;
      fields: readonly { name: string | null; operand: import('#model/mir.ts').Operand }[];
    },
    scope: TypeScope,
  ): void {
    if (aggregate.shape !== 'adt' && aggregate.shape !== 'closure') return;
    if (isStandard(aggregate.name)) return;
    let path: string;
    let args: readonly Ty[];
    let variant = '';
    if (aggregate.shape === 'closure') {
      const ty = this.qualify(aggregate.name, scope);
      if (ty.kind !== 'closure') return;
      path = ty.key;
      args = ty.args;
    } else {
      const printed = printedTypeOf(body, place);
      if (printed === null) return;
      const ty = this.qualify(printed, scope);
      const made = parsePath(aggregate.name);
      if (made === null || ty.kind !== 'path') return;
      const madePath = qualifyPath(made.path, scope);
      if (madePath !== ty.path) {
        if (!madePath.startsWith(`${ty.path}::`)) return;
        variant = madePath.slice(ty.path.length + 2);
      }
      path = ty.path;
      args = ty.args;
    }
    this.#site(path, variant, args);
    this.#made.add(path);
    this.#noteOwn(path, scope);
    aggregate.fields.forEach((field, index) => {
      const operandType = field.operand.kind === 'const' ? null : printedTypeOf(body, field.operand.place);
      this.#learn(
        path,
        variant,
        args,
        index,
        field.name,
        operandType === null ? null : this.qualify(operandType, scope),
      );
    });
  }

  #collectPlace(body: Body, place: Place, scope: TypeScope): void {
    if (place.projection.length === 0) return;
    let printed: string | null = body.locals[place.local]?.ty ?? null;
    let variant = '';
    for (let i = 0; i < place.projection.length; i++) {
      const projection = place.projection[i] as Projection;
      if (projection.kind === 'downcast') variant = projection.variant;
      else {
        if (projection.kind === 'field' && printed !== null && !isStandard(printed)) {
          this.#learnProjection(printed, variant, projection.index, projection.ty, scope);
        }
        variant = '';
      }
      printed = printedTypeOf(body, { local: place.local, projection: place.projection.slice(0, i + 1) });
    }
  }

  #collectReads(body: Body, block: BasicBlock, scope: TypeScope): void {
    const places: Place[] = [];
    for (const statement of block.statements) {
      if (statement.kind !== 'assign') continue;
      const { place, rvalue } = statement;
      places.push(place);
      if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref' || rvalue.kind === 'discriminant')
        places.push(rvalue.place);
      for (const operand of operandsOf(rvalue)) if (operand.kind !== 'const') places.push(operand.place);
    }
    for (const operand of terminatorOperandsOf(block.terminator))
      if (operand.kind !== 'const') places.push(operand.place);
    for (const place of places) {
      place.projection.forEach((projection, at) => {
        if (projection.kind !== 'field') return;
        const base = printedTypeOf(body, { local: place.local, projection: place.projection.slice(0, at) });
        if (base !== null && isStandard(base)) return;
        const seenKey = `${scope.prefix}\n${base}\n${base === null ? projection.ty : projection.index}`;
        if (this.#seen.has(seenKey)) return;
        this.#seen.add(seenKey);
        const ty = base === null ? null : this.qualify(base, scope);
        // Behind a box the owner's type is not printed: then any field of this type counts as read.
        if (ty === null) this.#readFields.add(`* ${this.qualify(projection.ty, scope).text}`);
        else if (ty.kind === 'path') this.#readFields.add(`${lastSegmentKey(ty.path)} ${projection.index}`);
      });
    }
  }

  #learnProjection(base: string, variant: string, index: number, field: string, scope: TypeScope): void {
    const seenKey = `${scope.prefix}\n${base}\n${variant}\n${index}\n${field}`;
    if (this.#seen.has(seenKey)) return;
    this.#seen.add(seenKey);
    const ty = this.qualify(base, scope);
    if (ty.kind === 'path') {
      this.#learn(ty.path, variant, ty.args, index, null, this.qualify(field, scope));
      this.#noteOwn(ty.path, scope);
    } else if (ty.kind === 'closure')
      this.#learn(ty.key, variant, ty.args, index, null, this.qualify(field, scope));
  }

  #noteOwn(path: string, scope: TypeScope): void {
    if (path.startsWith(`${scope.prefix}::`)) addTo(this.#ownByLastSegment, lastSegmentKey(path), path);
  }

  #site(path: string, variant: string, args: readonly Ty[]): Site {
    let definition = this.#definitions.get(path);
    if (definition === undefined) {
      definition = new Map();
      this.#definitions.set(path, definition);
      addTo(this.#byLastSegment, lastSegmentKey(path), path);
    }
    let sites = definition.get(variant);
    if (sites === undefined) {
      sites = new Map();
      definition.set(variant, sites);
    }
    const key = args.map(arg => arg.text).join(', ');
    let site = sites.get(key);
    if (site === undefined) {
      site = { args, fields: new Map() };
      sites.set(key, site);
      if (sites.size > sitesMax) sites.delete([...sites.keys()].sort().at(-1) ?? '');
    }
    if (this.#answers.size > 0) this.#answers = new Map();
    return site;
  }

  #learn(
    path: string,
    variant: string,
    args: readonly Ty[],
    index: number,
    name: string | null,
    ty: Ty | null,
  ): void {
    const { fields } = this.#site(path, variant, args);
    const known = fields.get(index);
    fields.set(index, {
      name: known?.name ?? name,
      ty:
        known?.ty === undefined || known.ty === null
          ? ty
          : ty === null
            ? known.ty
            : moreTelling(known.ty, ty),
    });
  }

  #answer(ty: Ty & { kind: 'path' | 'closure' }): Shape | null {
    const path = ty.kind === 'path' ? ty.path : ty.key;
    let definition = this.#definitions.get(path);
    let exactPath = true;
    if (ty.kind === 'path' && !this.#made.has(path)) {
      // Another crate prints the path of a re-export; the crate that makes the values prints the path of the definition.
      const made = [...(this.#byLastSegment.get(lastSegmentKey(path)) ?? [])].filter(other =>
        this.#made.has(other),
      );
      if (made.length === 1) {
        definition = this.#definitions.get(made[0] as string);
        exactPath = false;
      }
    }
    if (definition === undefined) return null;
    const hasVariants = [...definition.keys()].some(name => name !== '');
    const variants: VariantShape[] = [];
    for (const name of [...definition.keys()].sort()) {
      // `(_1.0)` behind an enum without a downcast does not occur; a struct has no downcasts.
      if (hasVariants && name === '') continue;
      const variant = this.#variant(name === '' ? null : name, definition.get(name) ?? new Map(), ty.args);
      variants.push(exactPath ? variant : { ...variant, exact: false });
    }
    return { variants };
  }

  #variant(name: string | null, sites: Map<string, Site>, args: readonly Ty[]): VariantShape {
    const key = args.map(arg => arg.text).join(', ');
    const own = sites.get(key);
    const others = [...sites.entries()]
      .filter(([other]) => other !== key)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const ranked = [
      ...others.filter(([, site]) => this.#isGeneric(site)).map(([, site]) => ({ site, exact: true })),
      ...others.filter(([, site]) => !this.#isGeneric(site)).map(([, site]) => ({ site, exact: false })),
    ].filter(({ site }) => site.args.length === args.length);
    const fields = new Map<number, FieldShape>();
    let exact = true;
    const fill = (site: Site, siteExact: boolean) => {
      for (const [index, field] of site.fields) {
        const known = fields.get(index);
        if (known !== undefined && known.ty !== null && known.name !== null) continue;
        const ty = field.ty === null ? null : substitute(field.ty, site.args, args);
        if (known?.ty === undefined || (known.ty === null && ty !== null)) exact &&= siteExact;
        fields.set(index, { index, name: known?.name ?? field.name, ty: known?.ty ?? ty });
      }
    };
    if (own !== undefined) fill(own, true);
    for (const { site, exact: siteExact } of ranked) fill(site, siteExact);
    return { name, fields: [...fields.values()].sort((a, b) => a.index - b.index), exact };
  }

  /** Whether a site's arguments are distinct type parameters, so that it stands for every instance. */
  #isGeneric(site: Site): boolean {
    const texts = new Set(site.args.map(arg => arg.text));
    return texts.size === site.args.length && site.args.every(arg => this.isParameter(arg));
  }

  /** Printed as a single word, and no body shows it to be a type of the crate: `T`, `Fut`. */
  isParameter(ty: Ty): boolean {
    if (ty.kind !== 'path' || ty.args.length > 0 || ty.lifetimes) return false;
    return this.#bare.has(ty.path) && !primitives.has(ty.path) && !this.#definitions.has(ty.path);
  }
}

/**
 * Puts the crate's own prefix before paths that do not begin with the name of another crate. Type parameters get the
 * prefix too; they are told from types by nobody having made one.
 */
export function qualifyType(ty: Ty, scope: TypeScope): Ty {
  return mapType(ty, inner => {
    if (inner.kind === 'path') {
      const path = qualifyPath(inner.path, scope);
      return path === inner.path ? inner : pathType(path, inner.args, inner.lifetimes);
    }
    if (inner.kind === 'closure' && !inner.key.startsWith('@')) {
      // `<S as Svc>::go` is printed alike by two crates that both have an `S`.
      const lead = inner.key.startsWith('<') ? `${inner.lead}${scope.prefix}:` : inner.lead;
      return closureType(lead, inner.coroutine, qualifyPath(inner.key, scope), inner.args);
    }
    return inner;
  });
}

export function qualifyPath(path: string, scope: TypeScope): string {
  if (path.startsWith('<')) return path;
  const end = path.indexOf('::');
  const first = end < 0 ? path : path.slice(0, end);
  if (end < 0 ? primitives.has(path) : standardCrates.has(first) || scope.externCrates.has(first))
    return path;
  return `${scope.prefix}::${path}`;
}

/** A qualified path as a reader of the crate knows it: without `bin:name::` before it. */
export function unqualified(text: string): string {
  return text.replace(/\b(?:bin|test|example|bench|lib|custom-build|proc-macro):[\w-]+::/g, '');
}

function isStandard(path: string): boolean {
  return path.startsWith('std::') || path.startsWith('core::') || path.startsWith('alloc::');
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}

function lastSegmentKey(path: string): string {
  const first = path.indexOf('::');
  const last = path.lastIndexOf('::');
  return `${first < 0 ? path : path.slice(0, first)} ${last < 0 ? path : path.slice(last + 2)}`;
}

/** Before opaque types are revealed the same field is printed as `impl Trait`. */
function moreTelling(a: Ty, b: Ty): Ty {
  if (a.text.includes('impl ') !== b.text.includes('impl ')) return a.text.includes('impl ') ? b : a;
  return a.text <= b.text ? a : b;
}

/** `ty` with each of `from` replaced by its partner in `to`. */
export function substitute(ty: Ty, from: readonly Ty[], to: readonly Ty[]): Ty {
  if (from.length === 0) return ty;
  const replacement = new Map<string, Ty>();
  from.forEach((arg, index) => {
    const by = to[index];
    if (by !== undefined && arg.kind !== 'const' && arg.text !== by.text) replacement.set(arg.text, by);
  });
  if (replacement.size === 0) return ty;
  const whole = replacement.get(ty.text);
  return whole ?? mapType(ty, inner => replacement.get(inner.text) ?? inner);
}
