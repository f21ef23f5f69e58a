/** Versions of one package that are not compatible with each other, and which dependencies bring each. */
import type { DependencyKind, Package, ResolvedDependency, Workspace } from '#model/workspace.ts';

export interface Versions {
  /** The member that has them among its dependencies, and no other member's dependencies alone bring them. */
  readonly member: Package;
  /** From the oldest to the newest; two or more. */
  readonly versions: readonly BroughtIn[];
}

export interface BroughtIn {
  readonly krate: Package;
  readonly features: readonly string[];
  /** The weakest section on the way: code under `[dev-dependencies]` is in no program that is shipped. */
  readonly kind: DependencyKind;
  /** The shortest way: from the member's own dependency to the package itself. */
  readonly path: readonly Link[];
}

export interface Link {
  readonly krate: Package;
  readonly externName: string;
}

/** For each member that has it: the versions of the package `name`, one of each compatible range. */
export function incompatibleVersions(workspace: Workspace, name: string): Versions[] {
  const packages = new Map(workspace.packages.map(krate => [krate.id, krate]));
  if (workspace.packages.filter(krate => krate.name === name).length < 2) return [];
  const found = new Map<string, Versions>();
  for (const id of workspace.memberIds) {
    const member = packages.get(id);
    if (member === undefined) continue;
    const versions = versionsBelow(workspace, packages, id, name);
    if (versions.length > 1) found.set(id, { member, versions });
  }
  // A member that only depends on another one with the same versions adds nothing.
  return [...found].flatMap(([id, own]) => {
    const isInherited = (workspace.resolved.get(id)?.dependencies ?? []).some(({ packageId, kinds }) => {
      const below = found.get(packageId);
      return (
        kinds.includes('normal') &&
        below !== undefined &&
        own.versions.every(({ krate }) =>
          below.versions.some(other => other.krate.id === krate.id && other.kind === 'normal'),
        )
      );
    });
    return isInherited ? [] : [own];
  });
}

/** What cargo's caret takes for compatible: `1`, `0.3`, `0.0.7`. */
export function compatibleRange(version: string): string {
  const [major = '', minor = '', patch = ''] = version.split(/[-+]/)[0]?.split('.') ?? [];
  if (major !== '0') return major;
  return minor !== '0' ? `0.${minor}` : `0.0.${patch}`;
}

function versionsBelow(
  workspace: Workspace,
  packages: ReadonlyMap<string, Package>,
  memberId: string,
  name: string,
): BroughtIn[] {
  const byRange = new Map<string, BroughtIn>();
  const take = (brought: BroughtIn) => {
    const range = compatibleRange(brought.krate.version);
    if (!byRange.has(range)) byRange.set(range, brought);
  };
  // First what the member itself is built with; what only its tests or build scripts have is said of them alone.
  for (const kind of ['normal', 'build', 'dev'] as const) {
    const direct = (workspace.resolved.get(memberId)?.dependencies ?? []).filter(({ kinds }) =>
      kinds.includes(kind),
    );
    for (const { krate, path } of shortestPaths(workspace, packages, memberId, direct)) {
      if (krate.name !== name) continue;
      take({ krate, kind, path, features: workspace.resolved.get(krate.id)?.features ?? [] });
    }
  }
  return [...byRange.values()].sort((a, b) => compareVersions(a.krate.version, b.krate.version));
}

/** Breadth first over what is built into the member: of other packages only the normal dependencies. */
function shortestPaths(
  { resolved }: Workspace,
  packages: ReadonlyMap<string, Package>,
  memberId: string,
  direct: readonly ResolvedDependency[],
): { krate: Package; path: readonly Link[] }[] {
  const paths = new Map<string, readonly Link[]>([[memberId, []]]);
  let edge: { dependencies: readonly ResolvedDependency[]; before: readonly Link[] }[] = [
    { dependencies: direct, before: [] },
  ];
  while (edge.length > 0) {
    const next: typeof edge = [];
    for (const { dependencies, before } of edge) {
      for (const { packageId, externName } of [...dependencies].sort(byId)) {
        const krate = packages.get(packageId);
        if (krate === undefined || paths.has(packageId)) continue;
        const path = [...before, { krate, externName }];
        paths.set(packageId, path);
        const below = resolved.get(packageId)?.dependencies ?? [];
        next.push({ dependencies: below.filter(({ kinds }) => kinds.includes('normal')), before: path });
      }
    }
    edge = next;
  }
  return [...paths].flatMap(([id, path]) => {
    const krate = packages.get(id);
    return krate === undefined || path.length === 0 ? [] : [{ krate, path }];
  });
}

function byId(a: ResolvedDependency, b: ResolvedDependency): number {
  return a.packageId < b.packageId ? -1 : a.packageId > b.packageId ? 1 : 0;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(version => version.split(/[.+-]/).map(Number)) as [number[], number[]];
  for (let i = 0; i < 3; i++) {
    const order = (left[i] ?? 0) - (right[i] ?? 0);
    if (order !== 0) return order;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
