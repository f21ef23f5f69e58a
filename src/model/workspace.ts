/** What `cargo metadata` says of a workspace, in the model's words. */
export interface Workspace {
  /** Absolute path as cargo printed it. */
  readonly root: string;
  /** Absolute. The user's own target directory, not Assay's. */
  readonly targetDirectory: string;
  /** Package ids of the members, in cargo's order. */
  readonly memberIds: readonly string[];
  readonly defaultMemberIds: readonly string[];
  readonly packages: readonly Package[];
  /** What cargo resolved, by package id; empty where the metadata has no `resolve`. */
  readonly resolved: ReadonlyMap<string, Resolved>;
}

/** A package as the resolver sees it: with the features that are on for the workspace as a whole. */
export interface Resolved {
  readonly features: readonly string[];
  readonly dependencies: readonly ResolvedDependency[];
}

export interface ResolvedDependency {
  readonly packageId: string;
  /** How the depending crate's code names it: the library's name, or the name that the manifest gives it. */
  readonly externName: string;
  /** Sections that it is in, each once: `[dependencies]` is `normal`. */
  readonly kinds: readonly DependencyKind[];
}

export type DependencyKind = 'normal' | 'dev' | 'build';

export interface Package {
  /** cargo's opaque package id. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly edition: string;
  /** `rust-version`, where given. */
  readonly rustVersion: string | null;
  /** `null` for path packages. */
  readonly source: string | null;
  /** Absolute. */
  readonly manifestPath: string;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly name: string;
  /** `lib`, `bin`, `proc-macro`, `custom-build`, `test`, `example`, `bench`, `cdylib`, … */
  readonly kind: readonly string[];
  readonly crateTypes: readonly string[];
  /** Absolute. */
  readonly srcPath: string;
  readonly edition: string;
}
