/**
 * Fetches a published crate at a fixed version through cargo itself and lays it out as a workspace of its own:
 *
 *     tsx scripts/real-crate.ts NAME VERSION DIR
 *
 * The crate arrives as it was published: normalized Cargo.toml, and its own Cargo.lock when it ships one. The only
 * change is an empty `[workspace]` table, so that it builds below a folder that is a workspace itself. Where it ships
 * no lock, one is resolved and kept.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** Fetches `name` at exactly `version` into `dir`, which must not exist. Throws with cargo's own words when it fails. */
export async function fetchCrate(name: string, version: string, dir: string): Promise<void> {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) throw new Error(`not a crate name: ${name}`);
  if (!/^\d+\.\d+\.\d+[A-Za-z0-9.+-]*$/.test(version)) throw new Error(`not an exact version: ${version}`);
  if (existsSync(dir)) throw new Error(`${dir} exists already`);

  // `cargo info` downloads and unpacks one crate without its dependencies. It runs in an empty folder, because inside
  // a workspace it would look at that workspace's own versions first.
  const empty = await mkdtemp(join(tmpdir(), 'assay-fetch-'));
  try {
    await cargo(['info', '--quiet', '--registry', 'crates-io', `${name}@${version}`], empty);
  } finally {
    await rm(empty, { recursive: true });
  }

  await cp(await unpackedSource(name, version), dir, { recursive: true });
  // Cargo's own mark in its cache; in a workspace it would only be noise.
  await rm(join(dir, '.cargo-ok'), { force: true });

  const manifest = join(dir, 'Cargo.toml');
  if (!/^\[workspace\]/m.test(await readFile(manifest, 'utf8')))
    await appendFile(manifest, '\n[workspace]\n');
  if (!existsSync(join(dir, 'Cargo.lock'))) await cargo(['generate-lockfile', '--quiet'], dir);
}

/** Where cargo unpacked it: one folder per registry below the cargo home, named by a hash that cargo keeps to itself. */
async function unpackedSource(name: string, version: string): Promise<string> {
  const sources = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src');
  for (const registry of await readdir(sources)) {
    const candidate = join(sources, registry, `${name}-${version}`);
    if (existsSync(join(candidate, '.cargo-ok'))) return candidate;
  }
  throw new Error(`cargo did not unpack ${name} ${version}`);
}

async function cargo(args: readonly string[], cwd: string): Promise<void> {
  try {
    await promisify(execFile)(process.env.CARGO ?? 'cargo', args, { cwd });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`cargo ${args.join(' ')} failed\n${stderr ?? error}`, { cause: error });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [name, version, dir, ...rest] = process.argv.slice(2);
  if (name === undefined || version === undefined || dir === undefined || rest.length > 0) {
    console.error('usage: tsx scripts/real-crate.ts NAME VERSION DIR');
    process.exit(2);
  }
  try {
    await fetchCrate(name, version, resolve(dir));
    console.log(`${name} ${version} is in ${dir}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
