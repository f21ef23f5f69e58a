/**
 * A workspace of more than 100,000 lines of Rust that other people wrote: published async crates at fixed versions as
 * members of one workspace, which depend on each other as members do, with one lock file. large-workspace/members.json
 * says which, large-workspace/Cargo.lock of what else:
 *
 *     tsx bench/large-workspace.ts DIR
 *
 * A member is as it was published but for what only its own tests need (development dependencies are left out, so that
 * they need not be resolved) and, where members.json has a `default`, for the features that are on by default.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchCrate } from '../scripts/real-crate.ts';

interface Member {
  readonly name: string;
  readonly version: string;
  readonly default?: readonly string[];
}

const recipe = join(import.meta.dirname, 'large-workspace');

/** Lays the workspace out in `dir`, which must not exist, and downloads what it depends on. */
export async function layOutLargeWorkspace(dir: string): Promise<void> {
  if (existsSync(dir)) throw new Error(`${dir} exists already`);
  const members = JSON.parse(await readFile(join(recipe, 'members.json'), 'utf8')) as Member[];
  await mkdir(dir, { recursive: true });
  for (const member of members) {
    const folder = join(dir, member.name);
    await fetchCrate(member.name, member.version, folder);
    const manifest = join(folder, 'Cargo.toml');
    await writeFile(manifest, memberManifest(await readFile(manifest, 'utf8'), member));
  }
  const patches = members.map(({ name }) => `${name} = { path = "${name}" }\n`).join('');
  const list = members.map(({ name }) => `  "${name}",\n`).join('');
  await writeFile(
    join(dir, 'Cargo.toml'),
    `[workspace]\nresolver = "2"\nmembers = [\n${list}]\n\n[patch.crates-io]\n${patches}`,
  );
  await copyFile(join(recipe, 'Cargo.lock'), join(dir, 'Cargo.lock'));
  execFileSync('cargo', ['fetch', '--quiet', '--locked'], { cwd: dir });
}

/** Lines of the members' sources that are not blank. */
export function lineCountOf(dir: string): number {
  let count = 0;
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    if (!/^[^/\\]+[/\\]src[/\\].*\.rs$/.test(name)) continue;
    for (const line of readFileSync(join(dir, name), 'utf8').split('\n')) if (line.trim() !== '') count++;
  }
  return count;
}

/** Tables whose header names what a member's tests need, and its own `[workspace]`, are left out. */
function memberManifest(text: string, member: Member): string {
  const tables = text.split(/^(?=\[)/m);
  const kept = tables
    .filter(
      table => !/^\[(?:target\.(?:'[^']*'|"[^"]*"|[\w-]+)\.)?dev-dependencies\b|^\[workspace\]/.test(table),
    )
    // Targets of its own are found where they are; those that need what was left out are not built here.
    .filter(table => !/^\[\[(?:test|bench|example|bin)\]\]|^\[profile\./.test(table));
  const manifest = kept.join('').replace(/^auto(?:tests|benches|examples|bins) = .*\n/gm, '');
  const { default: features } = member;
  if (features === undefined) return manifest;
  const list = `default = [${features.map(feature => `"${feature}"`).join(', ')}]\n`;
  const replaced = manifest.replace(/^default = \[[^\]]*\]\n/m, list);
  return replaced === manifest && !manifest.includes(list)
    ? manifest.replace(/^\[features\]\n/m, `[features]\n${list}`)
    : replaced;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [dir, ...rest] = process.argv.slice(2);
  if (dir === undefined || rest.length > 0) {
    console.error('usage: tsx bench/large-workspace.ts DIR');
    process.exit(2);
  }
  await layOutLargeWorkspace(resolve(dir));
  console.log(`${lineCountOf(resolve(dir))} lines of source that are not blank are in ${dir}`);
}
