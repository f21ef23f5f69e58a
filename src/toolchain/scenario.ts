/** A build that is measured besides, as it is asked for. `path`: absolute, of a file in the workspace.
 * `optional`: left out where it has no function to edit. */
export type Scenario =
  | { readonly kind: 'clean' | 'check' | 'test' | 'release' | 'no-op' }
  | { readonly kind: 'edit' | 'edit-api'; readonly path: string; readonly optional?: true };
