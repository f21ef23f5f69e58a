import { expect, test } from 'vitest';
import { readReport, sectionsOf } from './read-report.ts';

const section = { title: 'Build', summary: 'Fast.', blocks: [] };

test('a report is read', () => {
  const { value, problems } = readReport('{"schema":"assay-report/1","findings":[]}');
  expect(value?.findings).toEqual([]);
  expect(problems).toEqual([]);
});

test.each([
  [null, 'this page holds no report'],
  ['{"schema":"assay-re', 'the report inside this page is not complete JSON'],
  [
    '{"schema":"assay-report/2"}',
    'this page shows reports of schema assay-report/1; this one says assay-report/2',
  ],
  ['[]', 'this page shows reports of schema assay-report/1; this one says none'],
  ['null', 'this page shows reports of schema assay-report/1; this one says none'],
])('%s is said not to be one', (text, what) => {
  expect(readReport(text)).toEqual({ value: null, problems: [{ what }] });
});

test('sections are found by their shape, in the order of the report', () => {
  const { value } = readReport(
    JSON.stringify({ schema: 'assay-report/1', findings: [], weather: section, build: section, notices: [] }),
  );
  expect(sectionsOf(value!).map(({ key }) => key)).toEqual(['weather', 'build']);
});
