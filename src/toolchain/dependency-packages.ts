/**
 * The packages whose code is in what the members are made into: reached from them by dependencies that are not only for
 * build scripts, and not through proc macros, which run in the compiler. From the resolve graph of `cargo metadata`.
 */
import { dirname } from 'node:path';

export interface DependencyPackage {
  readonly id: string;
  /** `name version`. */
  readonly package: string;
  /** The manifest's, as cargo spells it. */
  readonly dir: string;
  /** Packages that depend on it directly, `name version`. */
  readonly dependents: readonly string[];
  /** Ids of dependency packages that it may name or re-export: all below it. */
  readonly below: readonly string[];
}

interface Metadata {
  readonly packages: readonly {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly manifest_path: string;
    readonly targets: readonly { readonly kind: readonly string[] }[];
  }[];
  readonly workspace_members: readonly string[];
  readonly resolve: {
    readonly nodes: readonly {
      readonly id: string;
      readonly deps: readonly {
        readonly pkg: string;
        readonly dep_kinds: readonly { readonly kind: string | null }[];
      }[];
    }[];
  } | null;
}

/** Dependencies first, so that each comes behind those that it uses. Throws on what is not cargo's metadata. */
export function dependencyPackages(metadata: string): readonly DependencyPackage[] {
  const json = JSON.parse(metadata) as Metadata;
  const packages = new Map(json.packages.map(krate => [krate.id, krate]));
  const members = new Set(json.workspace_members);
  const isMacro = (id: string) =>
    packages.get(id)?.targets.some(target => target.kind.includes('proc-macro')) === true;
  const uses = new Map<string, string[]>();
  for (const { id, deps } of json.resolve?.nodes ?? []) {
    const normal = deps.filter(({ pkg, dep_kinds }) => {
      const isUsed = dep_kinds.some(({ kind }) => kind === null || (kind === 'dev' && members.has(id)));
      return isUsed && !isMacro(pkg);
    });
    uses.set(id, normal.map(({ pkg }) => pkg).sort());
  }

  const ordered: string[] = [];
  const below = new Map<string, ReadonlySet<string>>();
  const walk = (id: string): ReadonlySet<string> => {
    const known = below.get(id);
    if (known !== undefined) return known;
    const own = new Set<string>();
    // A cycle, through a dependency of tests, ends here.
    below.set(id, own);
    for (const used of uses.get(id) ?? []) {
      own.add(used);
      for (const further of walk(used)) own.add(further);
    }
    ordered.push(id);
    return own;
  };
  for (const id of [...members].sort()) walk(id);

  const named = (id: string) => {
    const krate = packages.get(id);
    return krate === undefined ? id : `${krate.name} ${krate.version}`;
  };
  const dependents = new Map<string, string[]>();
  for (const [id, used] of uses) {
    if (!below.has(id)) continue;
    for (const other of used) dependents.set(other, [...(dependents.get(other) ?? []), named(id)]);
  }
  return ordered.flatMap(id => {
    const krate = packages.get(id);
    if (krate === undefined || members.has(id)) return [];
    return [
      {
        id,
        package: named(id),
        dir: dirname(krate.manifest_path),
        dependents: (dependents.get(id) ?? []).sort(),
        below: [...(below.get(id) ?? [])].filter(other => !members.has(other)).sort(),
      },
    ];
  });
}
