import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseMonoStats } from './parse.ts';

const fixture = join(import.meta.dirname, '../../../tests/fixtures/mono-stats/orchard.mono_items.json');

test('functions that a crate instantiates, with the most first', () => {
  const { value, problems } = parseMonoStats(readFileSync(fixture, 'utf8'));
  const shown = value
    .slice(0, 6)
    .map(
      ({ name, instantiations, sizeEstimate, totalEstimate }) =>
        `${totalEstimate} = ${instantiations} × ${sizeEstimate} ${name}`,
    );
  expect(`\n${shown.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    102 = 1 × 102 std::alloc::Global::alloc_impl_runtime
    86 = 1 × 86 std::ptr::copy_nonoverlapping::precondition_check
    56 = 1 × 56 std::boxed::box_assume_init_into_vec_unsafe
    49 = 1 × 49 std::ptr::const_ptr::<impl *const T>::is_aligned_to
    46 = 1 × 46 <T as std::slice::<impl [T]>::to_vec_in::ConvertVec>::to_vec
    43 = 1 × 43 <[T] as std::fmt::Debug>::fmt
    "
  `);
  expect(problems).toEqual([]);
});

test('an empty file is a crate that instantiates nothing', () => {
  expect(parseMonoStats('')).toEqual({ value: [], problems: [] });
});

test('what is not understood is a problem, and the rest counts', () => {
  const entry = { name: 'a::b', instantiation_count: 1, size_estimate: 2, total_estimate: 2 };
  expect(parseMonoStats(JSON.stringify([entry, 1, { ...entry, name: 3 }]))).toEqual({
    value: [{ name: 'a::b', instantiations: 1, sizeEstimate: 2, totalEstimate: 2 }],
    problems: [{ what: '2 entries are not understood' }],
  });
  for (const text of ['[{"name": "a', '{}', 'null']) {
    expect(parseMonoStats(text)).toMatchObject({ value: [], problems: [{}] });
  }
});
