import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import type { Cell, TableBlock, TreeBlock } from '#model/section.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, writeFiles } from './sample-workspace.ts';

/** A binary `apple` with a build script, over a library `pear` and a macro crate `peel`. */
function orchard(): string {
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': '[workspace]\nmembers = ["apple", "pear", "peel"]\nresolver = "2"\n',
    'apple/Cargo.toml': libManifest(
      'apple',
      '[dependencies]\npear = { path = "../pear" }\npeel = { path = "../peel" }\n',
    ),
    'apple/build.rs': `fn main() {
    let seen = std::env::var("RUSTC_BOOTSTRAP").unwrap_or_default();
    std::fs::write("../bootstrap-in-build-script.txt", seen).unwrap();
}
`,
    'apple/src/main.rs': `#[derive(peel::Peel)]
struct Skin;

fn main() {
    println!("{:?}", pear::sorted(vec![3, 1, 2]));
    println!("{:?}", pear::sorted(vec!["b", "a"]));
}
`,
    'pear/Cargo.toml': libManifest('pear'),
    'pear/src/lib.rs': `pub fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort();
    values
}
`,
    'peel/Cargo.toml': libManifest('peel', '[lib]\nproc-macro = true\n'),
    'peel/src/lib.rs': `use proc_macro::TokenStream;

#[proc_macro_derive(Peel)]
pub fn peel(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
`,
  });
  return folder;
}

const block = <Kind extends 'table' | 'tree'>(report: Report, kind: Kind, title: string) => {
  const found = report.build?.blocks.find(candidate => candidate.kind === kind && candidate.title === title);
  if (found === undefined) throw new Error(`no ${kind} “${title}”`);
  return found as Kind extends 'table' ? TableBlock : TreeBlock;
};

const column = (table: TableBlock, title: string): Cell[] => {
  const index = table.columns.findIndex(candidate => candidate.title === title);
  return table.rows.map(row => row[index]!);
};

const crates = (report: Report): string[] =>
  block(report, 'tree', 'Time inside rustc, by crate and phase')
    .roots.map(({ label }) => label)
    .toSorted();

const everyCrate = ['apple 0.1.0 bin', 'pear 0.1.0 lib', 'peel 0.1.0 proc-macro'];

test('`assay build --inside` says what rustc did, in every crate, and keeps none of the profiles', async () => {
  const folder = orchard();
  const report = await reportOf(['build', '--inside'], { cwd: folder });
  expect(report.failures).toEqual([]);
  expect(report.build?.summary).toContain('rustc was profiled in this build');
  expect(crates(report)).toEqual(everyCrate);

  const phases = column(block(report, 'table', 'Inside rustc, by phase'), 'phase');
  for (const phase of ['parse and expand', 'type check', 'borrow check', 'MIR', 'LLVM', 'link'])
    expect(phases).toContain(phase);
  const queries = block(report, 'table', 'Queries and activities of rustc, by self time');
  expect(column(queries, 'query')).toContain('typeck');
  const macros = block(report, 'table', 'Procedural macros of members, by time of expansion');
  expect(macros.rows.map(([macro, , expansions]) => [macro, expansions])).toEqual([
    ['#[derive(peel::Peel)]', 1],
  ]);
  const sizes = block(report, 'table', 'Macros, by size of what they expand to');
  expect(column(sizes, 'macro')).toContain('println!');
  const functions = block(report, 'table', 'Functions by size of all their instances');
  const sorted = functions.rows.find(([name]) => name === 'pear::sorted');
  const [, definedIn, , instances, , mostIn] = sorted ?? [];
  expect({ definedIn, instances, mostIn }).toEqual({
    definedIn: 'pear',
    instances: 2,
    mostIn: 'apple 0.1.0 bin',
  });

  // A build script must not take the compiler for a nightly one.
  expect(readFileSync(join(folder, 'bootstrap-in-build-script.txt'), 'utf8')).toBe('');
  const left = readdirSync(join(folder, 'target'), { recursive: true, encoding: 'utf8' });
  expect(left.filter(name => /mm_profdata|mono_items/.test(name))).toEqual([]);
  expect(existsSync(join(folder, 'target/assay/marks'))).toBe(false);
});

test('a crate that is fresh keeps what was seen when it was compiled', async () => {
  const folder = orchard();
  const options = { cwd: folder };
  const functions = (report: Report) =>
    column(block(report, 'table', 'Functions by size of all their instances'), 'function');
  expect(functions(await reportOf(['build', '--inside'], options))).not.toContain('apple::unripe');
  const again = await runAssay(['build', '--inside'], options);
  expect(again.stderr).toContain('nothing changed since the last pass');
  expect(again.stdout).toContain('Inside rustc, by phase');

  writeFileSync(
    join(folder, 'apple/src/main.rs'),
    'fn unripe<T>(value: T) -> T { value }\n\nfn main() { println!("{:?}", pear::sorted(vec![unripe(1)])) }\n',
  );
  const changed = await reportOf(['build', '--inside'], options);
  expect(crates(changed)).toEqual(everyCrate);
  expect(functions(changed)).toContain('apple::unripe');

  // The plain build is another, in a target directory of its own.
  const plain = await reportOf(['build'], options);
  expect(plain.build?.blocks.some(({ title }) => title?.startsWith('Inside rustc'))).toBe(false);
  expect(plain.build?.summary).not.toContain('profiled');
});

test('`--traces` writes what rustc did in members that were compiled', async () => {
  const folder = orchard();
  const traces = join(folder, 'traces');
  const run = await runAssay(['build', '--inside', '--traces', traces], { cwd: folder });
  expect(run.stderr).toContain('assay: wrote traces of 3 rustc calls to ');
  const names = readdirSync(traces).toSorted();
  expect(names.map(name => name.replace(/-[0-9a-f]{16}\./, '-HASH.'))).toEqual([
    'apple-HASH.speedscope.json',
    'apple-HASH.trace.json',
    'pear-HASH.speedscope.json',
    'pear-HASH.trace.json',
    'peel-HASH.speedscope.json',
    'peel-HASH.trace.json',
  ]);
  for (const name of names) expect(readFileSync(join(traces, name), 'utf8')).toContain('"name":"typeck"');
  const again = await runAssay(['build', '--inside', '--traces', traces], { cwd: folder });
  expect(again.stderr).toContain('no trace was written to ');
  const alone = await runAssay(['build', '--traces', traces], { cwd: folder });
  expect([alone.exitCode, alone.stderr.includes('--inside')]).toEqual([2, true]);
});

test('a crate that does not compile is no crate that was profiled', async () => {
  const folder = orchard();
  writeFileSync(join(folder, 'pear/src/lib.rs'), 'pub fn sorted() { nothing }\n');
  const run = await runAssay(['build', '--inside', '--format', 'json', '-q'], { cwd: folder });
  expect(run.exitCode).toBe(3);
  const report = JSON.parse(run.stdout) as Report;
  expect(report.failures[0]?.output).toContain('cannot find value `nothing`');
  expect(report.failures[0]?.output).not.toContain('macro-stats');
  expect(crates(report)).toEqual(['peel 0.1.0 proc-macro']);
});

test('`--inside` is of `assay build` alone', async () => {
  const folder = freshFolder();
  for (const args of [['async', '--inside'], ['--inside'], ['build', '--inside', '--from', 'x.assay']]) {
    const run = await runAssay(args, { cwd: folder });
    expect([run.exitCode, run.stderr.includes('--inside')], args.join(' ')).toEqual([2, true]);
  }
});
