/**
 * Calls of the standard library whose effect on what a place holds is part of their contract, and which a body cannot
 * show: they work through a reference.
 */
import { parsePath } from './type-parser.ts';

export type KnownCall =
  /** Returns a container without elements, or `None`. */
  | 'make-empty'
  /** Returns what the first argument points to and leaves it empty, or `None`. */
  | 'take'
  /** Returns what the first argument points to and leaves the second argument there. */
  | 'replace'
  /** Leaves what the first argument points to without elements. */
  | 'clear'
  | 'is-none'
  | 'is-some'
  | 'is-ok'
  | 'is-err';

const calls: Record<string, KnownCall> = {
  'option::Option::take': 'take',
  'mem::take': 'take',
  'mem::replace': 'replace',
  'option::Option::is_none': 'is-none',
  'option::Option::is_some': 'is-some',
  'result::Result::is_ok': 'is-ok',
  'result::Result::is_err': 'is-err',
};
for (const container of [
  'vec::Vec',
  'collections::VecDeque',
  'collections::HashMap',
  'collections::HashSet',
  'collections::BTreeMap',
  'collections::BTreeSet',
  'collections::BinaryHeap',
  'collections::LinkedList',
]) {
  for (const maker of ['new', 'with_capacity', 'with_hasher', 'with_capacity_and_hasher'])
    calls[`${container}::${maker}`] = 'make-empty';
  calls[`${container}::clear`] = 'clear';
  calls[`<std::${container} as default::Default>::default`] = 'make-empty';
}
calls['<std::option::Option as default::Default>::default'] = 'make-empty';

const memo = new Map<string, KnownCall | null>();
// Limit: distinct callees remembered.
const memoMax = 50_000;

/** What is known of a callee as printed, or null. */
export function knownCallOf(callee: string): KnownCall | null {
  const known = memo.get(callee);
  if (known !== undefined) return known;
  const path = parsePath(callee)?.path ?? '';
  const call =
    calls[path.replace(/^(std|core|alloc)::/, '').replace(/ as (std|core|alloc)::/, ' as ')] ?? null;
  if (memo.size >= memoMax) memo.clear();
  memo.set(callee, call);
  return call;
}

/** `std::sync::Mutex::lock` for `std::sync::Mutex::<u32>::lock`; the text itself when it does not read as a path. */
export function calleePath(callee: string): string {
  return parsePath(callee)?.path ?? callee;
}
