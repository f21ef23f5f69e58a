// Plain JavaScript: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..');

/** Runs a program in the repository's root; returns {status, output}. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32',
    ...options,
  });
  return {
    status: result.error ? 127 : (result.status ?? 1),
    output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? result.error.message : ''}`,
  };
}

/**
 * Installs what the lock file names, when it is not there or is older than the lock file. Not `npm ci`: that refuses a
 * lock file without the optional packages of every other platform, and not every mirror of the npm registry has them.
 */
export function install() {
  const marker = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  const { status, output } = run('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel',
    'error',
  ]);
  if (status !== 0) {
    process.stderr.write(`${output}\nerror: npm install failed\n`);
    process.exit(1);
  }
}

/** Builds the page and the bundle when a source is newer than what was built. */
export function build() {
  const built = join(root, 'dist/assay.js');
  if (
    existsSync(built) &&
    existsSync(join(root, 'dist/page.html')) &&
    newestIn(['src', 'data', 'package.json']) <= statSync(built).mtimeMs
  ) {
    return { status: 0, output: '' };
  }
  return run('npm', ['run', '--silent', 'build']);
}

function newestIn(paths) {
  let newest = 0;
  for (const path of paths) {
    const full = join(root, path);
    const stats = statSync(full);
    newest = Math.max(newest, stats.mtimeMs);
    if (stats.isDirectory())
      newest = Math.max(newest, newestIn(readdirSync(full).map(name => join(path, name))));
  }
  return newest;
}
