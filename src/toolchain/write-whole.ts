import { rename, rm, writeFile } from 'node:fs/promises';

/** Replaces a file at once: a reader sees the old content or the new, and a failed write leaves no draft. */
export async function writeWhole(path: string, content: string, mode = 0o644): Promise<void> {
  const draft = `${path}.new`;
  try {
    await writeFile(draft, content, { mode });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
}
