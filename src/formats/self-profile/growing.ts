/** Arrays of numbers that grow: a plain array of as many numbers takes several times the memory. */
export interface GrowingU32 {
  length: number;
  values: Uint32Array;
}

export function pushU32(list: GrowingU32, value: number): void {
  if (list.length === list.values.length) {
    const grown = new Uint32Array(Math.max(1024, list.values.length + (list.values.length >> 1)));
    grown.set(list.values);
    list.values = grown;
  }
  list.values[list.length++] = value;
}

/** A copy with room for `length` numbers, and some more. */
export function grownU16(values: Uint16Array, length: number): Uint16Array<ArrayBuffer> {
  const grown = new Uint16Array(Math.max(length, values.length + (values.length >> 1)));
  grown.set(values);
  return grown;
}

export function emptyU32(): GrowingU32 {
  return { length: 0, values: new Uint32Array(1024) };
}

/** Where `value` stands in the first `length` of sorted values; -1 where it does not. */
export function sortedIndexOf({ values, length }: GrowingU32, value: number): number {
  let low = 0;
  let high = length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = values[middle]!;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
