import type { Package, Workspace } from '#model/workspace.ts';

/** The member whose folder a file is in; `file` is relative to the workspace. */
export function packageOf(workspace: Workspace | null, file: string): Package | null {
  let found: { krate: Package; folder: string } | null = null;
  for (const krate of workspace?.packages ?? []) {
    if (workspace?.memberIds.includes(krate.id) !== true) continue;
    const root = `${workspace.root.replaceAll('\\', '/')}/`;
    const manifest = krate.manifestPath.replaceAll('\\', '/');
    if (!manifest.startsWith(root)) continue;
    const folder = manifest.slice(root.length).replace(/Cargo\.toml$/, '');
    if (file.startsWith(folder) && (found === null || folder.length > found.folder.length))
      found = { krate, folder };
  }
  return found?.krate ?? null;
}

/** `async fn` in traits is stable since Rust 1.75. Without a `rust-version` a crate asks for no old compiler. */
export function hasAsyncFnInTraits(rustVersion: string | null): boolean {
  if (rustVersion === null) return true;
  const [major = 0, minor = 0] = rustVersion.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 75);
}
