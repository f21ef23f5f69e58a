/**
 * What a build's raw log says, read here and not by `src`: the judge between Assay and its peers must not be Assay's own parser
 * and simulator. The log is cargo's `-Zbuild-analysis` (JSON lines). It calls a proc macro `lib`; `cargo metadata` knows better.
 */
interface LoggedUnit {
  readonly label: string;
  readonly kind: string;
  readonly mode: string;
  readonly dependencies: readonly number[];
  start?: number;
  metadata?: number;
  end?: number;
}

export interface LogFacts {
  /** Units that were started. */
  readonly started: number;
  /** From cargo's start to the end of the last unit. */
  readonly lastEndSeconds: number;
  readonly firstStartSeconds: number;
  /** Of the units' durations. */
  readonly workSeconds: number;
  /** The longest chain of units, each as long as it was in this build: a library's metadata is enough for a library. */
  readonly chainSeconds: number;
  readonly chain: readonly string[];
}

interface LogLine {
  readonly reason: string;
  readonly index?: number;
  readonly elapsed?: number;
  readonly package_id?: string;
  readonly mode?: string;
  readonly target?: { readonly kind: string | readonly string[] };
  readonly dependencies?: readonly number[];
}

export function readBuildLog(jsonl: string, metadata: string): LogFacts {
  const libraryKinds = libraryKindsOf(metadata);
  const units = new Map<number, LoggedUnit>();
  for (const line of jsonl.split('\n')) {
    if (line === '') continue;
    const event = JSON.parse(line) as LogLine;
    if (event.reason === 'unit-registered') {
      const logged = [event.target!.kind].flat().join('+');
      const kind = logged === 'lib' ? (libraryKinds.get(event.package_id!) ?? logged) : logged;
      const { mode = '', dependencies = [] } = event;
      units.set(event.index!, { label: labelOf(event.package_id!, kind, mode), kind, mode, dependencies });
    }
    const unit = units.get(event.index!);
    if (unit === undefined || event.elapsed === undefined) continue;
    if (event.reason === 'unit-started') unit.start = event.elapsed;
    if (event.reason === 'unit-rmeta-finished') unit.metadata = event.elapsed;
    if (event.reason === 'unit-finished') unit.end = event.elapsed;
  }
  const ran = [...units.values()].filter(unit => unit.start !== undefined && unit.end !== undefined);
  return {
    started: ran.length,
    firstStartSeconds: Math.min(...ran.map(unit => unit.start!)),
    lastEndSeconds: Math.max(...ran.map(unit => unit.end!)),
    workSeconds: ran.reduce((sum, unit) => sum + unit.end! - unit.start!, 0),
    ...longestChain(units),
  };
}

/** The kinds of the library of each package that is more, or other, than a Rust library: `proc-macro`, `cdylib+rlib`. */
function libraryKindsOf(metadata: string): ReadonlyMap<string, string> {
  const { packages } = JSON.parse(metadata) as {
    packages: { id: string; targets: { kind: string[] }[] }[];
  };
  const library = /^(lib|rlib|dylib|cdylib|staticlib|proc-macro)$/;
  return new Map(
    packages.flatMap(({ id, targets }) => {
      const kind = targets.find(target => target.kind.some(name => library.test(name)))?.kind;
      return kind === undefined ? [] : [[id, kind.join('+')] as const];
    }),
  );
}

/** cargo's rule: metadata is enough between two libraries that are compiled; what is linked or run needs all below it whole. */
function longestChain(units: ReadonlyMap<number, LoggedUnit>): { chainSeconds: number; chain: string[] } {
  const linked = (unit: LoggedUnit) => !/^(lib|rlib)$/.test(unit.kind) || unit.mode === 'run-custom-build';
  const ends = new Map<number, { start: number; end: number; by: number | null }>();
  const below = new Map<number, ReadonlySet<number>>();
  const settle = (index: number) => {
    const known = ends.get(index);
    if (known !== undefined) return known;
    const unit = units.get(index)!;
    let [start, by]: [number, number | null] = [0, null];
    const all = new Set<number>();
    const wait = (other: number, whole: boolean) => {
      const { start: from, end } = settle(other);
      const { start: began, metadata } = units.get(other)!;
      const ready = whole || metadata === undefined || began === undefined ? end : from + (metadata - began);
      if (ready > start) [start, by] = [ready, other];
    };
    for (const other of unit.dependencies) {
      wait(other, linked(unit) || linked(units.get(other)!));
      for (const deeper of below.get(other)!) all.add(deeper);
      all.add(other);
    }
    if (linked(unit)) for (const other of all) wait(other, true);
    const duration = unit.start === undefined || unit.end === undefined ? 0 : unit.end - unit.start;
    const settled = { start, end: start + duration, by };
    ends.set(index, settled);
    below.set(index, all);
    return settled;
  };
  let last: number | null = null;
  for (const index of units.keys()) if (last === null || settle(index).end > settle(last).end) last = index;
  const chain: string[] = [];
  for (let at = last; at !== null; at = settle(at).by) chain.unshift(units.get(at)!.label);
  return { chainSeconds: last === null ? 0 : settle(last).end, chain };
}

/** `registry+…#serde@1.0.1`, `path+file:///ws/shop#0.1.0` */
function labelOf(packageId: string, kind: string, mode: string): string {
  const [address = '', fragment = ''] = packageId.split('#');
  const name = fragment.includes('@') ? fragment.split('@')[0]! : address.split('/').at(-1)!;
  if (mode === 'run-custom-build') return `${name} build script (run)`;
  return kind === 'custom-build' || kind === 'build-script' ? `${name} build script` : `${name} ${kind}`;
}
