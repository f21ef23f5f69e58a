/**
 * Calls that put something into what their first argument points to, and those that take it out again, by their
 * documented contract. `means` is equal for calls that undo each other.
 */
export interface MemberChange {
  readonly way: 'in' | 'out';
  readonly means: string;
  readonly method: string;
}

const maps = [
  'std::collections::HashMap',
  'std::collections::BTreeMap',
  'std::collections::HashSet',
  'std::collections::BTreeSet',
  'hashbrown::HashMap',
  'hashbrown::HashSet',
  'indexmap::IndexMap',
  'indexmap::IndexSet',
  'dashmap::DashMap',
  'dashmap::DashSet',
  'slab::Slab',
];
const mapWays: Record<string, MemberChange['way']> = {
  insert: 'in',
  insert_full: 'in',
  remove: 'out',
  remove_entry: 'out',
  remove_if: 'out',
  swap_remove: 'out',
  shift_remove: 'out',
  take: 'out',
  try_remove: 'out',
};
const lists = ['std::vec::Vec', 'std::collections::VecDeque', 'std::collections::LinkedList'];
const listWays: Record<string, readonly [MemberChange['way'], string]> = {
  push: ['in', 'back'],
  push_back: ['in', 'back'],
  pop: ['out', 'back'],
  pop_back: ['out', 'back'],
  push_front: ['in', 'front'],
  pop_front: ['out', 'front'],
};

/** `path` is a callee without generics, as `calleePath` gives it. */
export function memberChangeOf(path: string): MemberChange | null {
  const at = path.lastIndexOf('::');
  const owner = path.slice(0, Math.max(at, 0));
  const method = path.slice(at + 2);
  if (maps.includes(owner)) {
    const way = mapWays[method];
    return way === undefined ? null : { way, means: 'entry', method };
  }
  if (lists.includes(owner)) {
    const [way, means] = listWays[method] ?? [];
    return way === undefined || means === undefined ? null : { way, means, method };
  }
  return null;
}
