/** What rustc's lint `unused_crate_dependencies` says in a `cargo check` of members, read from `--message-format=json`. */

export interface Linted {
  /** By package id, then by `kind name` of a target that was compiled: the crates that it was given and does not use. */
  readonly unused: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
}

interface Wire {
  readonly reason?: string;
  readonly package_id?: string;
  readonly target?: { readonly kind?: readonly string[]; readonly name?: string };
  readonly message?: { readonly message?: string; readonly code?: { readonly code?: string } | null };
}

export function readLint(lines: readonly string[]): Linted {
  const unused = new Map<string, Map<string, Set<string>>>();
  for (const line of lines) {
    const wire = parseWire(line);
    if (wire?.package_id === undefined || wire.target === undefined) continue;
    const ofPackage = unused.get(wire.package_id) ?? new Map<string, Set<string>>();
    unused.set(wire.package_id, ofPackage);
    const target = `${wire.target.kind?.[0] ?? ''} ${wire.target.name ?? ''}`;
    const names = ofPackage.get(target) ?? new Set<string>();
    ofPackage.set(target, names);
    if (wire.reason !== 'compiler-message' || wire.message?.code?.code !== 'unused_crate_dependencies')
      continue;
    const name = /extern(?:al)? crate `([^`]+)`/.exec(wire.message.message ?? '')?.[1];
    if (name !== undefined) names.add(name);
  }
  return { unused };
}

/** Does no compiled target that is given the crate use it? `section`: where the manifest has it. */
export function isUnused(linted: Linted, packageId: string, section: string, externName: string): boolean {
  const targets = linted.unused.get(packageId);
  if (targets === undefined) return false;
  const given = [...targets].filter(([target]) => {
    const isScript = target.startsWith('custom-build ');
    if (section === 'build-dependencies') return isScript;
    return !isScript;
  });
  // One of tests is given to tests, examples, benches and the harness of libraries and programs: each of them complains.
  return given.length > 0 && given.every(([, names]) => names.has(externName));
}

function parseWire(line: string): Wire | null {
  if (!line.startsWith('{"reason":"compiler-')) return null;
  try {
    return JSON.parse(line) as Wire;
  } catch {
    return null;
  }
}
