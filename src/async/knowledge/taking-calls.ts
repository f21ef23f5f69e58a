/**
 * Calls that take a value out of what their first argument points to, by their documented contract: afterwards the
 * caller has the only one. Of `awaited`, the call makes a future, and the await of it gives the value.
 */
export type TakingCall = 'taken' | 'removed' | 'received' | 'awaited';

const rows: Record<TakingCall, readonly string[]> = {
  taken: [
    'std::option::Option::take',
    'std::option::Option::replace',
    'std::mem::take',
    'std::mem::replace',
    'std::cell::Cell::take',
  ],
  removed: [
    'std::vec::Vec::pop',
    'std::vec::Vec::remove',
    'std::vec::Vec::swap_remove',
    'std::vec::Vec::split_off',
    'std::vec::Vec::drain',
    'std::collections::VecDeque::pop_front',
    'std::collections::VecDeque::pop_back',
    'std::collections::VecDeque::remove',
    'std::collections::VecDeque::split_off',
    'std::collections::VecDeque::drain',
    'std::collections::BinaryHeap::pop',
    'std::collections::HashMap::remove',
    'std::collections::HashMap::remove_entry',
    'std::collections::HashSet::take',
    'std::collections::BTreeMap::remove',
    'std::collections::BTreeMap::remove_entry',
    'std::collections::BTreeMap::pop_first',
    'std::collections::BTreeMap::pop_last',
    'std::collections::BTreeSet::take',
    'std::collections::BTreeSet::pop_first',
    'std::collections::BTreeSet::pop_last',
    'std::collections::LinkedList::pop_front',
    'std::collections::LinkedList::pop_back',
    'bytes::BytesMut::split',
    'bytes::BytesMut::split_to',
    'bytes::BytesMut::split_off',
    'indexmap::IndexMap::swap_remove',
    'indexmap::IndexMap::shift_remove',
    'indexmap::IndexMap::pop',
    'hashbrown::HashMap::remove',
    'dashmap::DashMap::remove',
    'slab::Slab::remove',
    'slab::Slab::try_remove',
  ],
  received: [
    'std::sync::mpsc::Receiver::try_recv',
    'tokio::sync::mpsc::Receiver::try_recv',
    'tokio::sync::mpsc::UnboundedReceiver::try_recv',
    'tokio::sync::broadcast::Receiver::try_recv',
    'async_channel::Receiver::try_recv',
    'flume::Receiver::try_recv',
    'crossbeam_channel::Receiver::try_recv',
  ],
  awaited: [
    'tokio::sync::mpsc::Receiver::recv',
    'tokio::sync::mpsc::UnboundedReceiver::recv',
    'tokio::sync::broadcast::Receiver::recv',
    'async_channel::Receiver::recv',
    'flume::Receiver::recv_async',
  ],
};

const byPath = new Map(
  (Object.entries(rows) as [TakingCall, readonly string[]][]).flatMap(([kind, paths]) =>
    paths.map(path => [path, kind] as const),
  ),
);

/** The next item of any stream, which the stream then no longer has. */
const nextOfStream =
  / as (futures|futures_util|futures_lite|tokio_stream)::(\w+::)*(Try)?StreamExt>::(try_)?next$/;

/** `path` is a callee without generics, as `calleePath` gives it. */
export function takingCallOf(path: string): TakingCall | null {
  return byPath.get(path) ?? (nextOfStream.test(path) ? 'awaited' : null);
}
