/**
 * How often files were changed, and which crates are compiled from them (toolchain/changes.ts):
 *
 *     {"schema":"assay-changes/1","commits":2,"from":"2026-01-02T…","to":"2026-03-04T…","files":[["core/src/lib.rs",2]],
 *      "crates":[{"crate":"core","files":["core/src/lib.rs"]}]}
 */
import { asIndex, asList, asObject, asString, asStrings, parseJsonObject } from '#base/json-value.ts';
import type { Parsed } from '#base/parsed.ts';
import type { ChangeHistory } from '#model/change-history.ts';

export function parseChanges(text: string): Parsed<ChangeHistory | null> {
  const json = parseJsonObject(text);
  if (json === null || asString(json.schema) !== 'assay-changes/1')
    return { value: null, problems: [{ what: 'no history of changes' }] };
  const files = asList(json.files).flatMap(item => {
    const pair = asList(item);
    const file = asString(pair[0]);
    const commits = asIndex(pair[1]);
    return file === null || commits === null ? [] : [{ file, commits }];
  });
  const crates = asList(json.crates).flatMap(item => {
    const crate = asObject(item);
    const name = asString(crate?.crate);
    return name === null ? [] : [{ crate: name, files: asStrings(crate?.files) }];
  });
  return {
    value: {
      commits: asIndex(json.commits) ?? 0,
      from: asString(json.from) ?? '',
      to: asString(json.to) ?? '',
      files,
      crates,
    },
    problems:
      files.length === asList(json.files).length ? [] : [{ what: 'a file without its number of commits' }],
  };
}
