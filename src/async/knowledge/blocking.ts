import { type Callee, parseCallee } from '#mir/callee.ts';
import type { CallSite } from '#mir/function-node.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import table from '../../../data/async/blocking.json' with { type: 'json' };

/** A call that blocks its thread. Where the rows come from: data/async/PROVENANCE.md. */
export interface Blocking {
  /** `forbidden` panics or deadlocks in async code; `long` has no bound or is long; `short` is bounded and mostly short. */
  readonly level: BlockingLevel;
  readonly kind: BlockingKind;
  /** What is called, for people: `std::thread::sleep`, `std::io::Read::read_line` of `std::fs::File`. */
  readonly what: string;
  readonly crate: string;
  /** Last segments of functions: where the workspace calls one of them, what is read does not block. */
  readonly unless: readonly string[];
  /** Paths of functions: where the workspace calls none of them, the call does not block. */
  readonly when: readonly string[];
  /** The method that does the same without blocking, where the crate has one. */
  readonly instead: string | null;
  readonly seen: string | null;
  readonly source: string;
  /** Where another crate makes the call: the function that was called, and the way from there on. */
  readonly within: Within | null;
}

export interface Within {
  readonly callee: string;
  /** `name version`. */
  readonly package: string;
  readonly way: readonly InnerCall[];
}

/** A call inside of another crate. */
export interface InnerCall {
  readonly callee: string;
  /** `src/net.rs:10`, relative to the package; null where a macro of another crate makes the call. */
  readonly at: string | null;
  /** `name version` of the caller's package. */
  readonly package: string;
}

export type BlockingLevel = 'forbidden' | 'long' | 'short';

export const blockingKinds = [
  'barrier',
  'channel',
  'channel-iter',
  'channel-send',
  'condvar',
  'cpu',
  'cpu-pool',
  'database',
  'deadlocks',
  'dns',
  'embedded-db',
  'file-lock',
  'fs',
  'fsync',
  'http',
  'io',
  'join',
  'mail',
  'nested-executor',
  'net',
  'panics',
  'park',
  'pool',
  'process',
  'scope',
  'signal',
  'sleep',
  'stdin',
  'writer-lock',
] as const;

export type BlockingKind = (typeof blockingKinds)[number];

export interface CallRow {
  /**
   * As rustc prints them, without generics. `_` stands for any self type, `*` for any method of the trait. A path behind
   * a re-export of the crate matches by its end.
   */
  readonly paths: readonly string[];
  readonly crate: string;
  /** `by-device`: as what it reads or writes, which its generic arguments name. */
  readonly level: BlockingLevel | 'by-device';
  readonly kind: BlockingKind;
  readonly unless?: readonly string[];
  readonly when?: readonly string[];
  readonly instead?: string;
  /** Crate version with which the paths were seen in a dump; null: from the documentation. */
  readonly seen: string | null;
  readonly source: string;
}

/** A type that blocks when it is read or written, whatever is put around it. */
export interface DeviceRow {
  readonly type: string;
  readonly read: BlockingLevel | null;
  readonly write: BlockingLevel | null;
  readonly kind: BlockingKind;
  readonly unless?: readonly string[];
  readonly seen: string | null;
  readonly source: string;
}

/** A type whose drop blocks. */
export interface DropRow {
  readonly type: string;
  readonly level: BlockingLevel;
  readonly kind: BlockingKind;
  readonly seen: string | null;
  readonly source: string;
}

export interface BlockingTable {
  readonly calls: readonly CallRow[];
  readonly devices: readonly DeviceRow[];
  readonly drops: readonly DropRow[];
}

/**
 * What is read or written through a trait or a generic function goes by the types inside of it: `BufReader<File>` is a
 * file, `Cursor<Vec<u8>>` is memory. `open` is a trait object or a type parameter.
 */
export type BlockingAnswer = Blocking | 'open' | null;

/** Throws on a malformed table: it is shipped with the product, so that is a bug of the product. */
export const blockingTable: BlockingTable = checked(table);
const { calls, devices, drops } = blockingTable;
const rowByPath = new Map(calls.flatMap(row => row.paths.map(path => [path, row] as const)));
const deviceByType = new Map(devices.map(device => [device.type, device]));

/** What dropping a value of a type does, by its qualified path. */
export function blockingDropOf(type: string): Blocking | null {
  const row = drops.find(drop => drop.type === type);
  if (row === undefined) return null;
  const krate = type.slice(0, type.indexOf('::'));
  return { ...textsOf(row), level: row.level, kind: row.kind, what: `dropping \`${type}`, crate: krate };
}

/** Whether a call of another crate blocks. `isParameter` says of a type that it stands for others. */
export function blockingOf(call: CallSite, isParameter: (ty: Ty) => boolean): BlockingAnswer {
  if (call.path === '') return null;
  const row = rowOf(call.path);
  if (row !== null && row.level !== 'by-device') {
    const path = row.paths.find(known => known === call.path) ?? call.path;
    return { ...textsOf(row), level: row.level, kind: row.kind, what: named(path), crate: row.crate };
  }
  const callee = parseCallee(call.callee);
  if (row !== null)
    return callee.kind === 'path' ? byDevice(callee.args, 'any', named(call.path), isParameter) : null;
  if (callee.kind !== 'trait' || call.self === null) return null;
  const use = useOf(callee);
  if (use === null) return null;
  return byDevice([call.self], use, `${lastSegment(callee.trait)}::${callee.method}`, isParameter);
}

function rowOf(path: string): CallRow | null {
  const exact = rowByPath.get(path);
  if (exact !== undefined) return exact;
  const trait = /^<.* as ([\w:]+)>::(\w+)$/s.exec(path);
  if (trait !== null) {
    return rowByPath.get(`<_ as ${trait[1]}>::${trait[2]}`) ?? rowByPath.get(`<_ as ${trait[1]}>::*`) ?? null;
  }
  if (!/^[\w:]+$/.test(path)) return null;
  // A crate that re-exports another one whole: `prelude::tokio::runtime::Handle::block_on`.
  for (let at = path.indexOf('::'); at > 0; at = path.indexOf('::', at + 2)) {
    const end = rowByPath.get(path.slice(at + 2));
    if (end !== undefined) return end;
  }
  return null;
}

type Use = 'read' | 'write' | 'any';

const reads = new Set(
  'read read_exact read_to_end read_to_string read_vectored read_line read_until lines fill_buf read_at read_exact_at'.split(
    ' ',
  ),
);
const writes = new Set('write write_all write_fmt write_vectored flush write_at write_all_at'.split(' '));

function useOf({ trait, method }: Callee & { kind: 'trait' }): Use | null {
  if (!/^std::(?:io::(?:Read|Write|BufRead)|os::unix::fs::FileExt)$/.test(trait)) return null;
  if (reads.has(method)) return 'read';
  return writes.has(method) ? 'write' : null;
}

function byDevice(
  types: readonly Ty[],
  use: Use,
  what: string,
  isParameter: (ty: Ty) => boolean,
): BlockingAnswer {
  let worst: Blocking | null = null;
  let open = false;
  const walk = (ty: Ty): void => {
    switch (ty.kind) {
      case 'path': {
        const device = deviceByType.get(ty.path);
        if (device !== undefined) {
          const level = levelOf(device, use);
          // `File` has no buffer to flush.
          const isNothing =
            level === null || (what === 'Write::flush' && ty === types[0] && device.kind === 'fs');
          if (!isNothing && (worst === null || order(level) > order(worst.level))) {
            worst = {
              ...textsOf(device),
              level,
              kind: device.kind,
              what: `${what}\` of \`${device.type}`,
              crate: device.type.slice(0, device.type.indexOf('::')),
            };
          }
        } else if (isParameter(ty)) open = true;
        ty.args.forEach(walk);
        return;
      }
      case 'ref':
        walk(ty.inner);
        return;
      case 'tuple':
        ty.items.forEach(walk);
        return;
      case 'dyn':
      case 'impl':
      case 'projection':
        open = true;
        return;
      default:
    }
  };
  types.forEach(walk);
  return worst ?? (open ? 'open' : null);
}

function levelOf(device: DeviceRow, use: Use): BlockingLevel | null {
  if (use === 'read') return device.read;
  if (use === 'write') return device.write;
  if (device.read === null || device.write === null) return device.read ?? device.write;
  return order(device.read) > order(device.write) ? device.read : device.write;
}

export function order(level: BlockingLevel): number {
  return level === 'forbidden' ? 2 : level === 'long' ? 1 : 0;
}

function textsOf(row: CallRow | DeviceRow | DropRow) {
  return {
    unless: 'unless' in row ? (row.unless ?? []) : [],
    when: 'when' in row ? (row.when ?? []) : [],
    instead: 'instead' in row ? (row.instead ?? null) : null,
    seen: row.seen,
    source: row.source,
    within: null,
  };
}

/** `<walkdir::WalkDir as std::iter::IntoIterator>::into_iter` as `walkdir::WalkDir::into_iter`, other traits by their name. */
function named(path: string): string {
  const parts = /^<&?(.*) as ([\w:]+)>::(\w+)$/s.exec(path);
  if (parts === null) return path;
  const [, self, trait, method] = parts;
  return `${trait === 'std::iter::IntoIterator' ? self : trait}::${method}`;
}

export function checked(value: {
  readonly calls: readonly unknown[];
  readonly devices: readonly unknown[];
  readonly drops: readonly unknown[];
}): BlockingTable {
  const paths = new Set<string>();
  for (const row of value.calls as Record<string, unknown>[]) {
    const isCall =
      Array.isArray(row.paths) &&
      row.paths.length > 0 &&
      row.paths.every(path => /^(?:<.+ as [\w:]+>::(?:\w+|\*)|\w+(?:::\w+)+)$/.test(path));
    if (!isCall || !(isLevel(row.level) || row.level === 'by-device') || !hasTexts(row)) refuse(row);
    for (const path of row.paths as string[]) {
      if (paths.has(path)) throw new Error(`blocking.json names ${path} twice`);
      paths.add(path);
    }
  }
  for (const row of value.devices as Record<string, unknown>[]) {
    const levels = [row.read, row.write].filter(level => level !== null);
    if (levels.length === 0 || !levels.every(isLevel) || !hasTexts(row) || typeof row.type !== 'string')
      refuse(row);
  }
  for (const row of value.drops as Record<string, unknown>[]) {
    if (!isLevel(row.level) || !hasTexts(row) || typeof row.type !== 'string') refuse(row);
  }
  return value as unknown as BlockingTable;
}

function refuse(row: unknown): never {
  throw new Error(`blocking.json has a row that is not understood: ${JSON.stringify(row)}`);
}

function isLevel(level: unknown): boolean {
  return ['forbidden', 'long', 'short'].includes(level as string);
}

function hasTexts({ kind, source, seen }: Record<string, unknown>): boolean {
  const isText = (text: unknown) => typeof text === 'string' && text !== '';
  return blockingKinds.includes(kind as BlockingKind) && isText(source) && (seen === null || isText(seen));
}
