/**
 * What might be unused: direct dependencies of members, and features that they ask of them, from `cargo metadata`. Those that a
 * compilation here cannot judge are named with the reason.
 */
import { dirname, join } from 'node:path';
import type { Section } from './manifest-edit.ts';

export interface Candidate {
  readonly kind: 'dependency' | 'feature';
  /** `name version` of the member. */
  readonly member: string;
  readonly memberId: string;
  /** Its manifest, absolute, in the workspace. */
  readonly manifest: string;
  readonly section: Section;
  /** As the manifest calls it. */
  readonly key: string;
  /** As code calls it. */
  readonly externName: string;
  readonly package: string;
  /** Has it, or what it needs, a build script? */
  readonly hasScript: boolean;
  /** Of a `feature`. */
  readonly feature: string | null;
}

export interface Unjudged {
  readonly member: string;
  readonly what: string;
  readonly why: string;
}

interface Metadata {
  readonly packages: readonly {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly manifest_path: string;
    readonly targets: readonly { readonly kind: readonly string[] }[];
    readonly dependencies: readonly Declared[];
  }[];
  readonly workspace_members: readonly string[];
  readonly resolve: {
    readonly nodes: readonly {
      readonly id: string;
      readonly deps: readonly { readonly name: string; readonly pkg: string }[];
    }[];
  } | null;
}

interface Declared {
  readonly name: string;
  readonly rename: string | null;
  readonly kind: string | null;
  readonly optional: boolean;
  readonly target: string | null;
  readonly features: readonly string[];
  readonly uses_default_features: boolean;
}

const sectionOf: Readonly<Record<string, Section>> = { dev: 'dev-dependencies', build: 'build-dependencies' };

/** Throws on what is not cargo's metadata. */
export function candidatesIn(text: string): {
  readonly candidates: readonly Candidate[];
  readonly unjudged: readonly Unjudged[];
} {
  const metadata = JSON.parse(text) as Metadata;
  const packages = new Map(metadata.packages.map(krate => [krate.id, krate]));
  const nodes = new Map((metadata.resolve?.nodes ?? []).map(node => [node.id, node]));
  const scripts = new Map<string, boolean>();
  /** Has the package a build script, or one that it needs? */
  const hasScriptBelow = (id: string): boolean => {
    const known = scripts.get(id);
    if (known !== undefined) return known;
    // A cycle, through tests, ends here.
    scripts.set(id, false);
    const found =
      packages.get(id)?.targets.some(({ kind }) => kind.includes('custom-build')) === true ||
      (nodes.get(id)?.deps ?? []).some(({ pkg }) => hasScriptBelow(pkg));
    scripts.set(id, found);
    return found;
  };
  const candidates: Candidate[] = [];
  const unjudged: Unjudged[] = [];
  for (const id of metadata.workspace_members.toSorted()) {
    const krate = packages.get(id);
    if (krate === undefined) continue;
    const member = `${krate.name} ${krate.version}`;
    for (const declared of krate.dependencies) {
      const key = declared.rename ?? declared.name;
      const refuse = (why: string) => unjudged.push({ member, what: key, why });
      if (declared.target !== null) {
        refuse('it is of some platforms only, and one is compiled for');
        continue;
      }
      if (declared.optional) {
        refuse('it is optional: a feature of the package is made of it');
        continue;
      }
      const fitting = (nodes.get(id)?.deps ?? []).filter(({ name, pkg }) => {
        const other = packages.get(pkg);
        return (
          other?.name === declared.name &&
          (declared.rename === null || name === declared.rename.replaceAll('-', '_'))
        );
      });
      const found = fitting.length === 1 ? fitting[0]! : null;
      const other = found === null ? undefined : packages.get(found.pkg);
      if (found === null || other === undefined) {
        refuse('cargo resolved it to no package, or to more than one');
        continue;
      }
      const shared = {
        ...{ member, memberId: id, manifest: krate.manifest_path, key, externName: found.name },
        section: sectionOf[declared.kind ?? ''] ?? ('dependencies' as const),
        hasScript: hasScriptBelow(found.pkg),
        package: `${other.name} ${other.version}`,
      };
      candidates.push({ kind: 'dependency', ...shared, feature: null });
      const features = [...(declared.uses_default_features ? ['default'] : []), ...declared.features];
      for (const feature of new Set(features)) candidates.push({ kind: 'feature', ...shared, feature });
    }
  }
  return { candidates, unjudged };
}

/** Manifests in which an entry, or what it inherits from, may be: the member's, then the workspace's. */
export function manifestsOf(candidate: Candidate, root: string): readonly string[] {
  const own = candidate.manifest;
  const workspace = join(root, 'Cargo.toml');
  return own === workspace || dirname(own) === root ? [own] : [own, workspace];
}
