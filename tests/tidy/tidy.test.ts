import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\0')
  .filter(file => file !== '' && existsSync(join(root, file)) && statSync(join(root, file)).isFile());
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Files that are long for a reason that a reader of the list can check. */
const longForAReason = new Set<string>([
  // Parsed bodies printed as inline snapshots: the text is what the tests show.
  'src/formats/mir-text/parse.test.ts',
]);

describe('every room', () => {
  for (const room of readdirSync(join(root, 'src'))) {
    test(`src/${room} says in at most 15 lines what lives there`, () => {
      expect(read(`src/${room}/README.md`).trimEnd().split('\n').length).toBeLessThanOrEqual(15);
    });
  }
});

test('no source file is longer than 500 lines', () => {
  const long = files.filter(
    file => /\.tsx?$/.test(file) && !/\.generated\./.test(file) && read(file).split('\n').length > 501,
  );
  expect(long.filter(file => !longForAReason.has(file))).toEqual([]);
});

test('no file is named for nothing', () => {
  expect(
    files.filter(file => /(^|\/)(utils?|helpers?|common|misc|managers?|index)\.tsx?$/.test(file)),
  ).toEqual([]);
});

test('no machine path and no host of a package registry is committed', () => {
  const forbidden = new RegExp(
    [
      '/' + 'work/',
      '/' + 'root/',
      '/tmp/' + 'lab',
      'registry\\.' + 'npmjs',
      'static\\.' + 'crates\\.io',
      'index\\.' + 'crates\\.io',
    ].join('|'),
  );
  const found: string[] = [];
  for (const file of files) {
    if (/\.(png|assay|gz|wasm)$/.test(file)) continue;
    const match = forbidden.exec(read(file));
    if (match !== null) found.push(`${file}: ${match[0]}`);
  }
  expect(found).toEqual([]);
});

test('the lock file records no download addresses', () => {
  expect(read('package-lock.json')).not.toContain('"resolved"');
});

test('links between documents lead somewhere', () => {
  const broken: string[] = [];
  for (const file of files.filter(name => name.endsWith('.md') && !name.startsWith('tests/fixtures/'))) {
    for (const [, target] of read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      if (!existsSync(join(root, dirname(file), target!))) broken.push(`${file} -> ${target}`);
    }
  }
  expect(broken).toEqual([]);
});
