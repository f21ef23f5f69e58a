import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReportedBuild } from './parse.ts';

const shop = {
  schema: 'assay-report/1',
  workspace: { root: '.', members: ['shop 0.1.0'], rustc: '1.95.0', host: 'x86_64-unknown-linux-gnu' },
  build: {
    wallSeconds: 3,
    jobs: 2,
    replay: { predictedSeconds: 2.9, errorPercent: 3.3 },
    units: [
      {
        package: 'libc',
        version: '0.2.1',
        target: 'lib',
        mode: 'build',
        durationSeconds: 1,
        dependencies: [],
      },
      { package: 'broken' },
      {
        package: 'shop',
        version: '0.1.0',
        target: 'lib',
        mode: 'build',
        durationSeconds: 2,
        dependencies: [0, 1],
      },
    ],
    blocks: [{ kind: 'timeline', bars: [{ features: ['std', 'extra'] }, {}, { features: [] }] }],
  },
};

test('the build of a report; a unit without a duration is a problem and no unit', () => {
  const { value, problems } = parseReportedBuild(JSON.stringify(shop));
  expect(problems).toEqual([{ what: '1 of 3 units have no name or no duration' }]);
  expect(
    value!.units.map(unit => `${unit.package} [${unit.features}] needs ${unit.dependencies.join()}`),
  ).toEqual(['libc [extra,std] needs ', 'shop [] needs 0']);
  expect([value!.wallSeconds, value!.cpuSeconds, value!.replaySeconds]).toEqual([3, null, 2.9]);
});

test('features are of the timeline only where it has every unit', () => {
  const cut = { ...shop.build, blocks: [{ kind: 'timeline', bars: [{ features: ['std'] }] }] };
  const { value } = parseReportedBuild(JSON.stringify({ ...shop, build: cut }));
  expect(value!.units.map(unit => unit.features)).toEqual([null, null]);
});

test('why a text is refused', () => {
  const texts = [
    'error: no such command',
    '[]',
    '{"findings":[]}',
    '{"schema":"assay-report/2"}',
    '{"schema":"assay-report/1","async":{}}',
    '{"schema":"assay-report/1","build":{"title":"Build","summary":"","blocks":[]}}',
  ];
  const lines = texts.map(text => `${text}: ${parseReportedBuild(text).problems[0]!.what}`);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "error: no such command: it is not a JSON object
    []: it is not a JSON object
    {"findings":[]}: it has no \`schema\`, so it is no report of Assay
    {"schema":"assay-report/2"}: its schema is \`assay-report/2\`, not \`assay-report/1\`
    {"schema":"assay-report/1","async":{}}: it has no build section
    {"schema":"assay-report/1","build":{"title":"Build","summary":"","blocks":[]}}: its build section has no wall time or no units"
  `);
});

test('whatever the JSON is, nothing is thrown', () => {
  const inner = fc.jsonValue();
  fc.assert(
    fc.property(inner, inner, inner, (units, blocks, workspace) => {
      const build = { wallSeconds: 1, units: Array.isArray(units) ? units : [units], blocks, replay: units };
      expect(
        parseReportedBuild(JSON.stringify({ schema: 'assay-report/1', build, workspace })).value,
      ).not.toBe(null);
    }),
  );
});
