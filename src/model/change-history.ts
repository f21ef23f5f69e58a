/** How often the Rust files of a workspace were changed, and which crates are compiled from them. */
export interface ChangeHistory {
  /** Commits that were looked at, and the ISO dates of the oldest and the newest. */
  readonly commits: number;
  readonly from: string;
  readonly to: string;
  /** From the root of the workspace, with `/`. */
  readonly files: readonly { readonly file: string; readonly commits: number }[];
  /** By rustc's name of the crate; files as above. */
  readonly crates: readonly { readonly crate: string; readonly files: readonly string[] }[];
}
