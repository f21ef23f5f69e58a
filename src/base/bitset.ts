/** A fixed-width set of small integers, 32 to a word: the state of the dataflow analyses. Mutable; `copy` before sharing. */
export class Bitset {
  readonly width: number;
  readonly #words: Uint32Array;

  constructor(width: number) {
    this.width = width;
    this.#words = new Uint32Array((width + 31) >>> 5);
  }

  static of(width: number, members: Iterable<number>): Bitset {
    const set = new Bitset(width);
    for (const member of members) set.add(member);
    return set;
  }

  has(member: number): boolean {
    return ((this.#words[member >>> 5] ?? 0) & (1 << (member & 31))) !== 0;
  }

  /** Members outside 0..width are ignored, as writes outside a typed array are. */
  add(member: number): void {
    if (member >= this.width) return;
    const word = member >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (member & 31));
  }

  delete(member: number): void {
    const word = member >>> 5;
    if (word < this.#words.length) this.#words[word] = (this.#words[word] ?? 0) & ~(1 << (member & 31));
  }

  set(member: number, present: boolean): void {
    if (present) this.add(member);
    else this.delete(member);
  }

  copy(): Bitset {
    const set = new Bitset(this.width);
    set.#words.set(this.#words);
    return set;
  }

  /** Adds all of `other`; true when that changed this set. */
  unionWith(other: Bitset): boolean {
    let changed = false;
    for (let i = 0; i < this.#words.length; i++) {
      const before = this.#words[i] ?? 0;
      const after = (before | (other.#words[i] ?? 0)) >>> 0;
      if (after !== before) {
        this.#words[i] = after;
        changed = true;
      }
    }
    return changed;
  }

  /** Keeps what `other` has too; true when that changed this set. */
  intersectWith(other: Bitset): boolean {
    let changed = false;
    for (let i = 0; i < this.#words.length; i++) {
      const before = this.#words[i] ?? 0;
      const after = (before & (other.#words[i] ?? 0)) >>> 0;
      if (after !== before) {
        this.#words[i] = after;
        changed = true;
      }
    }
    return changed;
  }

  equals(other: Bitset): boolean {
    if (this.width !== other.width) return false;
    return this.#words.every((word, i) => word === other.#words[i]);
  }

  /** In ascending order. */
  members(): number[] {
    const members: number[] = [];
    for (let i = 0; i < this.#words.length; i++) {
      let word = this.#words[i] ?? 0;
      while (word !== 0) {
        const bit = 31 - Math.clz32(word & -word);
        members.push(i * 32 + bit);
        word &= word - 1;
      }
    }
    return members;
  }
}
