import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damaged } from '../../../tests/mutated-text.ts';
import { parseChanges } from './parse.ts';

const recorded =
  '{"schema":"assay-changes/1","commits":3,"from":"2026-01-02T10:00:00Z","to":"2026-03-04T10:00:00Z","files":[["src/lib.rs",2]],"crates":[{"crate":"app","files":["src/lib.rs"]}]}\n';

test('files with their commits, and crates with their files', () => {
  expect(parseChanges(recorded)).toMatchInlineSnapshot(`
    {
      "problems": [],
      "value": {
        "commits": 3,
        "crates": [
          {
            "crate": "app",
            "files": [
              "src/lib.rs",
            ],
          },
        ],
        "files": [
          {
            "commits": 2,
            "file": "src/lib.rs",
          },
        ],
        "from": "2026-01-02T10:00:00Z",
        "to": "2026-03-04T10:00:00Z",
      },
    }
  `);
});

test('another text is no history', () => {
  expect(parseChanges('{"schema":"assay-changes/2"}')).toEqual({
    value: null,
    problems: [{ what: 'no history of changes' }],
  });
});

test('any text is read to its end', () => {
  fc.assert(
    fc.property(damaged(recorded), text => {
      for (const { commits } of parseChanges(text).value?.files ?? [])
        expect(commits).toBeGreaterThanOrEqual(0);
    }),
  );
});
