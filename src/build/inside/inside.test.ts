import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Block } from '#model/section.ts';
import type { Activity, MonoItem, ProfiledUnit, SelfProfile } from '#model/self-profile.ts';
import { insideBlocks, insideUnknowns } from './blocks.ts';
import { differenceOf } from './difference.ts';
import { definingCrate, globalName } from './function-names.ts';
import { genericSets } from './generics.ts';
import { phaseOf, phases } from './phases.ts';
import { insideText, parseInside } from './profiled-unit.ts';
import { totalsOf } from './totals.ts';

const ms = 1_000_000;

/** Activities as `label self inclusive count hits`, in ms, one a line. */
function unit(name: string, text: string, monoItems: readonly MonoItem[] = []): ProfiledUnit {
  const activities = text.split('\n').flatMap((line): Activity[] => {
    const [label = '', self, inclusive, count, hits] = line.trim().split(/ +/);
    if (label === '') return [];
    const [selfNs, totalNs] = [Number(self) * ms, Number(inclusive ?? self) * ms];
    const kinds = [{ kind: 'Query', count: Number(count ?? 1), selfNs, totalNs }];
    return [{ label, selfNs, inclusiveNs: totalNs, cacheHits: Number(hits ?? 0), kinds }];
  });
  const profile: SelfProfile = {
    crateName: name.split(' ')[0]!,
    processId: 1,
    startedAtMs: 0,
    counter: 'wall-time',
    formatVersion: 9,
    eventCount: 0,
    threadCount: 1,
    threadSpanNs: 0,
    activities,
    artifacts: [],
    arguments: [
      {
        label: 'expand_proc_macro',
        argument: '#[derive(Serialize)]',
        count: 2,
        selfNs: 3 * ms,
        totalNs: 5 * ms,
      },
      { label: 'codegen_module', argument: 'cgu.0', count: 1, selfNs: 1, totalNs: 1 },
    ],
  };
  return { name, package: name.replace(/ \w+$/, ''), crateName: name.split(' ')[0]!, monoItems, profile };
}

const item = (name: string, instantiations: number, sizeEstimate: number): MonoItem => ({
  name,
  instantiations,
  sizeEstimate,
  totalEstimate: instantiations * sizeEstimate,
});

const apple = unit(
  'apple 0.1.0 lib',
  `typeck 300 400 10 90
   LLVM_passes 900
   LLVM_module_optimize 500
   self_profile_alloc_query_strings 20
   something_new 7`,
  [item('core::iter::Iterator::fold', 4, 10), item('Peel::<T>::peel', 2, 30)],
);
const pear = unit(
  'pear 0.1.0 bin',
  `typeck 100 120 5 10
   run_linker 200`,
  [item('std::iter::Iterator::fold', 3, 10), item('<T as alloc::vec::Thing>::go', 1, 5)],
);

test('no label is in two phases, and each phase says why it is one', () => {
  const labels = phases.flatMap(phase => phase.labels.split(/\s+/));
  expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
  for (const { labels: text, reason } of phases) {
    expect(text.trim()).toBe(text);
    expect(reason).not.toBe('');
  }
});

test('phases of labels', () => {
  const labels = [
    'expand_proc_macro',
    'late_resolve_crate',
    'typeck',
    'type_op_prove_predicate',
    'mir_borrowck',
    'mir_pass_inline',
    'lint_mod',
    'cgu_partitioning_place_items',
    'codegen_module',
    'LLVM_lto_optimize',
    'LLVM_passes',
    'metadata_decode_entry_optimized_mir',
    'link_binary_remove_temps',
    'incr_comp_load_dep_graph',
    'a_query_of_next_year',
  ];
  expect(`\n${labels.map(label => `${label}: ${phaseOf(label)}`).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    expand_proc_macro: parse and expand
    late_resolve_crate: name resolution
    typeck: type check
    type_op_prove_predicate: borrow check
    mir_borrowck: borrow check
    mir_pass_inline: MIR
    lint_mod: lints and checks
    cgu_partitioning_place_items: monomorphisation
    codegen_module: LLVM IR
    LLVM_lto_optimize: LLVM
    LLVM_passes: waiting
    metadata_decode_entry_optimized_mir: metadata
    link_binary_remove_temps: link
    incr_comp_load_dep_graph: incremental
    a_query_of_next_year: other
    "
  `);
});

test('of a real profile, less than a hundredth of the work belongs to no phase', () => {
  const path = join(import.meta.dirname, '../../../tests/fixtures/self-profile/tiny.summarize.json.gz');
  const { query_data: queries } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
    query_data: { label: string; self_time: { secs: number; nanos: number } }[];
  };
  const sumOf = (list: typeof queries) =>
    list.reduce((sum, { self_time: { secs, nanos } }) => sum + secs * 1e9 + nanos, 0);
  const other = sumOf(queries.filter(({ label }) => phaseOf(label) === 'other'));
  expect(other).toBeGreaterThan(0);
  expect(other).toBeLessThan(sumOf(queries) / 100);
});

test('a workspace is the sum of its units', () => {
  const totals = totalsOf([pear, apple]);
  expect(totals.byPhase.map(({ phase, selfNs }) => `${phase} ${selfNs / ms}`)).toEqual([
    'type check 400',
    'LLVM 500',
    'link 200',
    'profiler 20',
    'waiting 900',
    'other 7',
  ]);
  const [first, , second] = totals.byActivity;
  expect(first!.label).toBe('LLVM_passes');
  expect(second).toMatchObject({
    label: 'typeck',
    selfNs: 400 * ms,
    inclusiveNs: 520 * ms,
    count: 15,
    cacheHits: 100,
    units: 2,
    most: 'apple 0.1.0 lib',
  });
  expect(totals.byUnit.map(({ unit: { name }, workNs }) => `${name} ${workNs / ms}`)).toEqual([
    'apple 0.1.0 lib 807',
    'pear 0.1.0 bin 300',
  ]);
});

test('two builds are compared by unit and activity', () => {
  const slower = unit('apple 0.1.0 lib', 'typeck 350\nLLVM_passes 900\nborrowed 5');
  const plum = unit('plum 1.0.0 lib', 'typeck 1');
  const { changes, byPhase, ...names } = differenceOf([apple, pear], [slower, plum]);
  const shown = changes.map(
    ({ unit: name, label, beforeNs, afterNs }) =>
      `${name} ${label}: ${beforeNs === null ? '–' : beforeNs / ms} → ${afterNs === null ? '–' : afterNs / ms}`,
  );
  expect(`\n${shown.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    apple 0.1.0 lib LLVM_module_optimize: 500 → –
    apple 0.1.0 lib typeck: 300 → 350
    apple 0.1.0 lib self_profile_alloc_query_strings: 20 → –
    apple 0.1.0 lib something_new: 7 → –
    apple 0.1.0 lib borrowed: – → 5
    "
  `);
  expect(byPhase.map(({ phase, beforeNs, afterNs }) => `${phase}: ${(afterNs - beforeNs) / ms}`)).toEqual([
    'LLVM: -500',
    'type check: 50',
    'profiler: -20',
    'other: -2',
    'waiting: 0',
  ]);
  expect(names).toEqual({ onlyBefore: ['pear 0.1.0 bin'], onlyAfter: ['plum 1.0.0 lib'], ambiguous: [] });
  expect(differenceOf([apple, apple], [apple])).toMatchObject({
    changes: [],
    ambiguous: ['apple 0.1.0 lib'],
  });
});

test('generic functions as sets over crates; the standard library is one, by whichever of its names', () => {
  const sets = genericSets([apple, pear]);
  const shown = sets.map(
    ({ name, definedIn, totalEstimate, instantiations, instantiatedIn }) =>
      `${totalEstimate} = ${instantiations} × ${name} of ${definedIn}, in ` +
      instantiatedIn.map(({ unit: user, totalEstimate: size }) => `${user} (${size})`).join(', '),
  );
  expect(`\n${shown.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    70 = 7 × std::iter::Iterator::fold of std, in apple 0.1.0 lib (40), pear 0.1.0 bin (30)
    60 = 2 × apple::Peel::<T>::peel of apple, in apple 0.1.0 lib (60)
    5 = 1 × <T as std::vec::Thing>::go of std, in pear 0.1.0 bin (5)
    "
  `);
});

test('names of functions, as crate `orchard` prints them and as every crate would', () => {
  const crates = new Set(['orchard', 'serde', 'tokio', 'std', 'core', 'alloc']);
  const printed = [
    'unripe',
    'trees::Apple::<T>::pick',
    'core::iter::Iterator::fold',
    "<std::slice::Iter<'a, T> as core::iter::Iterator>::next",
    'alloc::slice::<impl [T]>::to_vec',
    '<trees::Apple as std::fmt::Debug>::fmt',
    '<&mut Apple<K, V> as serde::Serialize>::serialize',
    '<std::vec::Vec<T> as serde::Serialize>::serialize',
    '<u8 as core::convert::Into<usize>>::into',
    'tokio::runtime::task::Core::<T, S>::poll::{closure#0}',
  ];
  const shown = printed.map(name => {
    const everywhere = globalName(name, 'orchard', crates);
    return `${name}\n    ${everywhere} of ${definingCrate(everywhere)}`;
  });
  expect(`\n${shown.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    unripe
        orchard::unripe of orchard
    trees::Apple::<T>::pick
        orchard::trees::Apple::<T>::pick of orchard
    core::iter::Iterator::fold
        std::iter::Iterator::fold of std
    <std::slice::Iter<'a, T> as core::iter::Iterator>::next
        <std::slice::Iter<'a, T> as std::iter::Iterator>::next of std
    alloc::slice::<impl [T]>::to_vec
        std::slice::<impl [T]>::to_vec of std
    <trees::Apple as std::fmt::Debug>::fmt
        <orchard::trees::Apple as std::fmt::Debug>::fmt of orchard
    <&mut Apple<K, V> as serde::Serialize>::serialize
        <&mut orchard::Apple<K, V> as serde::Serialize>::serialize of orchard
    <std::vec::Vec<T> as serde::Serialize>::serialize
        <std::vec::Vec<T> as serde::Serialize>::serialize of serde
    <u8 as core::convert::Into<usize>>::into
        <u8 as std::convert::Into<usize>>::into of std
    tokio::runtime::task::Core::<T, S>::poll::{closure#0}
        tokio::runtime::task::Core::<T, S>::poll::{closure#0} of tokio
    "
  `);
});

test('what is kept of a unit is read as it was written, and anything else is a problem', () => {
  const part = { profile: apple.profile, monoItems: apple.monoItems, problems: [{ what: 'truncated' }] };
  expect(parseInside(insideText(part))).toEqual({ value: part, problems: [] });
  const nothing = { profile: null, monoItems: [], problems: [] };
  for (const text of ['', '{}', '[]', '{"schema":"assay-inside/0"}'])
    expect(parseInside(text)).toMatchObject({ value: nothing, problems: [{}] });
});

test('the report’s blocks', () => {
  const blocks = insideBlocks({
    units: [apple, pear],
    macros: [
      { crateName: 'apple', macros: [{ name: 'vec!', uses: 2, lines: 3, bytes: 161 }] },
      { crateName: 'pear', macros: [{ name: 'vec!', uses: 1, lines: 1, bytes: 39 }] },
    ],
    unread: [],
    partly: [],
  });
  expect(`\n${blocks.map(drawn).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    Inside rustc, by phase: phase | time of threads | share of work | what it is
      type check | 0.4 | 0.361 | rustc_hir_analysis, rustc_hir_typeck and the trait solver
      LLVM | 0.5 | 0.452 | LLVM itself: optimisation, LTO and emitting machine code, on threads of its own
      link | 0.2 | 0.181 | the linker, and packing of libraries
      profiler | 0.02 | – | what the self-profiler itself takes to write names down, when the crate is compiled
      waiting | 0.9 | – | the main thread and the coordinator of code generation wait for the threads that run LLVM: work that is counted there
      other | 0.007 | 0.006 | labels that belong to no phase here: 1
    Queries and activities of rustc, by self time: query | phase | self time | with what it ran | runs | cache hits | most in
      LLVM_module_optimize | LLVM | 0.5 | 0.5 | 1 | 0 | apple 0.1.0 lib
      typeck | type check | 0.4 | 0.52 | 15 | 100 | apple 0.1.0 lib
      run_linker | link | 0.2 | 0.2 | 1 | 0 | pear 0.1.0 bin
      something_new | other | 0.007 | 0.007 | 1 | 0 | apple 0.1.0 lib
    Procedural macros of members, by time of expansion: macro | time | expansions | units
      #[derive(Serialize)] | 0.01 | 4 | 2
    Macros, by size of what they expand to: macro | expands to | lines | uses | crates
      vec! | 200 | 4 | 3 | 2
    Functions by size of all their instances: function | defined in | MIR statements, about | instances | crates | most in
      std::iter::Iterator::fold | std | 70 | 7 | 2 | apple 0.1.0 lib
      apple::Peel::<T>::peel | apple | 60 | 2 | 1 | apple 0.1.0 lib
      <T as std::vec::Thing>::go | std | 5 | 1 | 1 | pear 0.1.0 bin
    Time inside rustc, by crate and phase
      apple 0.1.0 lib 0.807: LLVM 0.5, type check 0.3, other 0.007
      pear 0.1.0 bin 0.3: link 0.2, type check 0.1
    "
  `);
});

test('what could not be read is counted by its reason', () => {
  const why = (count: number) => `truncated: the last page has ${count} of 9 bytes`;
  const unread = [1, 2].map(count => ({ unit: `u${count}`, why: why(count) }));
  expect(insideUnknowns({ units: [], macros: [], unread, partly: [] })).toEqual([
    {
      area: 'build',
      what: 'time inside rustc of a unit',
      why: 'truncated: the last page has N of N bytes',
      count: 2,
    },
  ]);
});

function drawn(block: Block): string {
  if (block.kind === 'table') {
    const rows = block.rows.map(row => `  ${row.map(cell => cell ?? '–').join(' | ')}`);
    return [`${block.title}: ${block.columns.map(({ title }) => title).join(' | ')}`, ...rows].join('\n');
  }
  if (block.kind !== 'tree') return block.kind;
  const roots = block.roots.map(
    ({ label, value, children }) =>
      `  ${label} ${value}: ${children.map(child => `${child.label} ${child.value}`).join(', ')}`,
  );
  return [block.title, ...roots].join('\n');
}
