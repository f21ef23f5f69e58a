/**
 * Writes settings into the user's files, and takes them back.
 *
 * What the files were is on disk before the first of them changes, so that they can be brought back after any end of this process.
 * A file that was changed by somebody else meanwhile is not touched: who changed it knows better.
 */
import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolchainFailure } from './failure.ts';
import { writeWhole } from './write-whole.ts';

export interface ChangedFile {
  /** From the root of the workspace, with `/`. */
  readonly path: string;
  /** Null: there is no such file. */
  readonly before: string | null;
  readonly after: string;
}

const recordName = 'applied.json';

interface Applied {
  readonly schema: 'assay-applied/1';
  /** The oldest first. */
  readonly steps: readonly (readonly ChangedFile[])[];
}

/** Throws `bad-request` where a file is no longer what it was when its change was made. */
export async function applySettings(
  root: string,
  assayDir: string,
  files: readonly ChangedFile[],
): Promise<void> {
  for (const { path, before } of files) {
    if ((await textOf(root, path)) !== before)
      throw new ToolchainFailure(
        'bad-request',
        'assay',
        `${path} was changed meanwhile, and is left as it is`,
      );
  }
  const { steps } = await readApplied(assayDir);
  await writeApplied(assayDir, [...steps, files]);
  for (const { path, after } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await replaceText(join(root, path), after);
  }
}

/** Takes the last step back and returns its paths; null where there is none. Throws `bad-request` where a file was changed since. */
export async function undoSettings(root: string, assayDir: string): Promise<readonly string[] | null> {
  const { steps } = await readApplied(assayDir);
  const last = steps.at(-1);
  if (last === undefined) return null;
  const now = await Promise.all(last.map(({ path }) => textOf(root, path)));
  for (const [index, { path, before, after }] of last.entries()) {
    if (now[index] !== after && now[index] !== before)
      throw new ToolchainFailure(
        'bad-request',
        'assay',
        `${path} was changed since the settings were applied; take them out by hand`,
      );
  }
  for (const { path, before } of last) {
    const full = join(root, path);
    if (before !== null) await replaceText(full, before);
    else {
      await rm(full, { force: true });
      const folder = dirname(full);
      const left = await readdir(folder).catch(() => ['?']);
      if (folder !== root && left.length === 0) await rmdir(folder);
    }
  }
  await writeApplied(assayDir, steps.slice(0, -1));
  return last.map(({ path }) => path);
}

/** With the mode that it has: a manifest may be read-only for others. */
async function replaceText(path: string, text: string): Promise<void> {
  const mode = (await stat(path).catch(() => null))?.mode;
  await writeWhole(path, text, mode === undefined ? undefined : mode & 0o777);
}

async function textOf(root: string, path: string): Promise<string | null> {
  return readFile(join(root, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

async function readApplied(assayDir: string): Promise<Applied> {
  const text = await readFile(join(assayDir, 'tune', recordName), 'utf8').catch(() => null);
  const none: Applied = { schema: 'assay-applied/1', steps: [] };
  if (text === null) return none;
  const applied = JSON.parse(text) as Applied;
  return applied.schema === 'assay-applied/1' ? applied : none;
}

async function writeApplied(assayDir: string, steps: Applied['steps']): Promise<void> {
  await mkdir(join(assayDir, 'tune'), { recursive: true });
  const applied: Applied = { schema: 'assay-applied/1', steps };
  await writeWhole(join(assayDir, 'tune', recordName), `${JSON.stringify(applied)}\n`);
}
