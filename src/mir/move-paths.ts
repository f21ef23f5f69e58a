import type { LocalIndex } from '#model/mir.ts';

/** Number of a move path in its tree. */
export type PathIndex = number;

/**
 * One step from a place to a part of it: `.0` a field, `as Some` a variant, `*` the inside of a box, `[]` the elements
 * of a container. `as V` is initialised when the whole is initialised and in that variant; `[]` when there are elements.
 */
export type PathStep = string;

interface MovePath {
  readonly parent: PathIndex | null;
  readonly step: PathStep | null;
  readonly local: LocalIndex;
  readonly children: Map<PathStep, PathIndex>;
}

/**
 * The tree of places that are moved, assigned, dropped or tested one by one. A place without a path of its own has the
 * state of its nearest ancestor that has one, as in rustc's move data.
 */
export class MovePaths {
  readonly #paths: MovePath[] = [];
  readonly #roots = new Map<LocalIndex, PathIndex>();

  get count(): number {
    return this.#paths.length;
  }

  root(local: LocalIndex): PathIndex | null {
    return this.#roots.get(local) ?? null;
  }

  addRoot(local: LocalIndex): PathIndex {
    const known = this.#roots.get(local);
    if (known !== undefined) return known;
    const index = this.#add({ parent: null, step: null, local, children: new Map() });
    this.#roots.set(local, index);
    return index;
  }

  child(path: PathIndex, step: PathStep): PathIndex | null {
    return this.#paths[path]?.children.get(step) ?? null;
  }

  addChild(path: PathIndex, step: PathStep): PathIndex {
    const parent = this.#paths[path] as MovePath;
    const known = parent.children.get(step);
    if (known !== undefined) return known;
    const index = this.#add({ parent: path, step, local: parent.local, children: new Map() });
    parent.children.set(step, index);
    return index;
  }

  children(path: PathIndex): ReadonlyMap<PathStep, PathIndex> {
    return this.#paths[path]?.children ?? new Map();
  }

  parent(path: PathIndex): PathIndex | null {
    return this.#paths[path]?.parent ?? null;
  }

  step(path: PathIndex): PathStep | null {
    return this.#paths[path]?.step ?? null;
  }

  local(path: PathIndex): LocalIndex {
    return this.#paths[path]?.local ?? 0;
  }

  /** The path and all below it, parents first. */
  subtree(path: PathIndex): PathIndex[] {
    const all = [path];
    for (let i = 0; i < all.length; i++) all.push(...this.children(all[i] as PathIndex).values());
    return all;
  }

  roots(): ReadonlyMap<LocalIndex, PathIndex> {
    return this.#roots;
  }

  /** `_4 as Some.0`; for tests and messages. */
  draw(path: PathIndex): string {
    const parent = this.parent(path);
    const step = this.step(path);
    if (parent === null || step === null) return `_${this.local(path)}`;
    return `${this.draw(parent)}${step.startsWith('as') ? ' ' : ''}${step}`;
  }

  #add(path: MovePath): PathIndex {
    this.#paths.push(path);
    return this.#paths.length - 1;
  }
}
