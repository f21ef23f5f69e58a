/**
 * `<crate>.mono_items.json` of `rustc -Zdump-mono-stats=DIR -Zdump-mono-stats-format=json` (seen: rustc 1.95): a list of
 * `{ name, instantiation_count, size_estimate, total_estimate }`, one for each function that the crate instantiates, by
 * the path of its definition.
 */
import { asIndex, asList, asObject, asString } from '#base/json-value.ts';
import type { Parsed } from '#base/parsed.ts';
import type { MonoItem } from '#model/self-profile.ts';

export function parseMonoStats(text: string): Parsed<readonly MonoItem[]> {
  // rustc leaves the file empty where the crate instantiates nothing.
  if (text === '') return { value: [], problems: [] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { value: [], problems: [{ what: 'no JSON: rustc did not finish it' }] };
  }
  if (!Array.isArray(json)) return { value: [], problems: [{ what: 'no list of functions' }] };
  const items: MonoItem[] = [];
  for (const entry of asList(json)) {
    const object = asObject(entry);
    const name = asString(object?.name);
    const instantiations = asIndex(object?.instantiation_count);
    const sizeEstimate = asIndex(object?.size_estimate);
    const totalEstimate = asIndex(object?.total_estimate);
    if (name === null || instantiations === null || sizeEstimate === null || totalEstimate === null) continue;
    items.push({ name, instantiations, sizeEstimate, totalEstimate });
  }
  const lost = json.length - items.length;
  return { value: items, problems: lost === 0 ? [] : [{ what: `${lost} entries are not understood` }] };
}
