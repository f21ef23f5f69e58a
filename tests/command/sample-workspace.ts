import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of its own for one test, removed when the test ends. `name` may hold any character a path may. */
export function freshFolder(name = 'ws'): string {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'assay-test-')));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, name);
  mkdirSync(folder);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    if (text.startsWith('#!')) chmodSync(join(folder, path), 0o755);
  }
}

/** One async hazard and one clean neighbour, with nothing but std: no registry is needed. */
export const heldGuardSource = `use std::sync::Mutex;

async fn io() {}

pub async fn held(ledger: &Mutex<u32>) -> u32 {
    let total = ledger.lock().unwrap();
    io().await;
    *total
}

pub async fn released(ledger: &Mutex<u32>) -> u32 {
    let total = ledger.lock().unwrap();
    let copy = *total;
    drop(total);
    io().await;
    copy
}
`;

export const libManifest = (name: string, extra = ''): string =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${extra}`;

/** A library crate with one held guard. Returns its folder. */
export function heldGuardCrate(folderName = 'ws', extraFiles: Readonly<Record<string, string>> = {}): string {
  const folder = freshFolder(folderName);
  writeFiles(folder, { 'Cargo.toml': libManifest('orchard'), 'src/lib.rs': heldGuardSource, ...extraFiles });
  return folder;
}

/** Path, kind, mode, time and content of everything under a folder as one text; `except` are path prefixes left out. */
export function treeDigest(folder: string, except: readonly string[] = []): string {
  const lines: string[] = [];
  const visit = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).toSorted()) {
      const inner = path === '' ? name : `${path}/${name}`;
      if (except.some(prefix => inner === prefix || inner.startsWith(`${prefix}/`))) continue;
      const stats = lstatSync(join(folder, inner));
      if (stats.isSymbolicLink()) lines.push(`${inner} -> ${readlinkSync(join(folder, inner))}`);
      else if (stats.isDirectory()) {
        lines.push(`${inner}/`);
        visit(inner);
      } else
        lines.push(
          `${inner} ${stats.mode.toString(8)} ${stats.mtimeMs} ${createHash('sha256')
            .update(readFileSync(join(folder, inner)))
            .digest('hex')}`,
        );
    }
  };
  visit('');
  return lines.join('\n');
}
