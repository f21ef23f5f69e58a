/**
 * The borders between rooms (.dependency-cruiser.cjs), and a proof that they were checked: dependency-cruiser passes
 * when it sees no file at all, as it does with a compiler that it cannot load, so the files that it saw are counted.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
    readonly ruleSetUsed: {
      readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
    };
  };
}

const root = resolve(import.meta.dirname, '..');
const cruised = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    'src',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ],
  { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
);
let cruise: Cruise;
try {
  cruise = JSON.parse(cruised.stdout);
} catch {
  console.error(cruised.stderr || cruised.stdout || String(cruised.error));
  process.exit(1);
}

const comments = new Map(cruise.summary.ruleSetUsed.forbidden.map(rule => [rule.name, rule.comment]));
for (const violation of cruise.summary.violations) {
  console.error(
    `${violation.from} imports ${violation.to}\n    ${violation.rule.name}: ${comments.get(violation.rule.name)}`,
  );
}
const seen = new Set(cruise.modules.map(module => module.source));
const unseen = sourceFiles('src').filter(file => !seen.has(file));
for (const file of unseen) console.error(`${file} was not checked`);
console.log(`${seen.size} modules seen, ${cruise.summary.violations.length} violations`);
process.exitCode = cruise.summary.violations.length > 0 || unseen.length > 0 ? 1 : 0;

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts')
      ? [relative('.', path).replaceAll('\\', '/')]
      : [];
  });
}
