import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BuildSection } from '#model/build-report.ts';
import type { Report } from '#model/report.ts';
import type { TimelineBar } from '#model/section.ts';
import { renderPrometheus } from './render-prometheus.ts';
import { renderSpeedscope } from './render-speedscope.ts';
import { renderSummary } from './render-summary.ts';
import { renderTrace } from './render-trace.ts';
import { arbitraryReport, richReport } from './sample-report.ts';
import { lanesOf } from './unit-lanes.ts';

const bar = (
  id: number,
  label: string,
  detail: string,
  startSeconds: number,
  endSeconds: number,
  more: Partial<TimelineBar> = {},
): TimelineBar => ({
  ...{ id, label, detail, startSeconds, endSeconds, segments: [], critical: false, member: false },
  ...{ features: [], waitedFor: [] },
  ...more,
});

const bars: readonly TimelineBar[] = [
  bar(0, 'libc 0.2.1', 'lib', 0.1, 1.1, {
    segments: [
      { name: 'frontend', startSeconds: 0.1, endSeconds: 0.7 },
      { name: 'codegen', startSeconds: 0.7, endSeconds: 1.1 },
    ],
    features: ['std', 'extra'],
    reason: 'first build with these settings',
  }),
  bar(1, 'shop 0.1.0', 'build script', 0.1, 0.6, { member: true }),
  bar(2, 'shop 0.1.0', 'build script (run)', 0.6, 0.9, { member: true }),
  bar(3, 'shop 0.1.0', 'lib', 0.9, 3, { member: true, critical: true }),
];

const unit = {
  ...{ mode: 'build', startSeconds: 0, critical: false, member: false, dependencies: [] },
  ...{ linked: false, pipelined: true },
};

const build: BuildSection = {
  title: 'Build',
  summary: '4 units took 3.10 s.',
  blocks: [
    {
      kind: 'timeline',
      title: 'Timeline',
      durationSeconds: 3.1,
      bars,
      concurrency: [
        { atSeconds: 0.1, active: 2 },
        { atSeconds: 3, active: 0 },
      ],
    },
  ],
  wallSeconds: 3.1,
  cpuSeconds: 4.25,
  floorSeconds: 2.4,
  units: [
    {
      ...unit,
      ...{ package: 'libc', version: '0.2.1', target: 'lib', durationSeconds: 1 },
      ...{ frontendSeconds: 0.6, codegenSeconds: 0.4 },
    },
    // Once more, for the host.
    {
      ...unit,
      ...{ package: 'libc', version: '0.2.1', target: 'lib', durationSeconds: 0.3 },
      ...{ frontendSeconds: 0.2, codegenSeconds: 0.1 },
    },
    { ...unit, package: 'shop', version: '0.1.0', target: 'bin "shop\\n"', durationSeconds: 2.1 },
  ],
};

const onlyBuild: Report = { ...richReport, findings: [], failures: [], unknowns: [], build };
const { async: asyncSection, ...withoutAsync } = onlyBuild;
const builtShop: Report = withoutAsync;

test('a line of Markdown for CI', () => {
  const { build: _, ...onlyAsync } = richReport;
  const lines = [
    renderSummary(builtShop),
    renderSummary({ ...builtShop, async: asyncSection!, findings: richReport.findings }),
    renderSummary(onlyAsync),
    renderSummary({
      ...builtShop,
      build: { title: 'Build', summary: 'No timing | was recorded.', blocks: [] },
    }),
  ];
  expect(`\n${lines.join('')}`).toMatchInlineSnapshot(`
    "
    **build** 3.10 s wall, 4.25 s CPU, floor 2.40 s; longest: <code>shop 0.1.0 bin &#34;shop&#92;n&#34;</code> 2.10 s, \`libc 0.2.1 lib\` 1.00 s, \`libc 0.2.1 lib\` 0.30 s
    **build** 3.10 s wall, 4.25 s CPU, floor 2.40 s; longest: <code>shop 0.1.0 bin &#34;shop&#92;n&#34;</code> 2.10 s, \`libc 0.2.1 lib\` 1.00 s, \`libc 0.2.1 lib\` 0.30 s · **assay** 1 error, 3 notes (1 suppressed, 1 in the baseline)
    **assay** 1 error, 3 notes (1 suppressed, 1 in the baseline); 5 unknowns; 1 failed tool
    **build** No timing &#124; was recorded.
    "
  `);
});

test('Prometheus gauges: labels escaped, units with the same labels summed', () => {
  expect(`\n${renderPrometheus({ ...builtShop, findings: richReport.findings })}`).toMatchInlineSnapshot(`
    "
    # HELP assay_build_wall_seconds Wall time of the build.
    # TYPE assay_build_wall_seconds gauge
    assay_build_wall_seconds 3.1
    # HELP assay_build_cpu_seconds CPU time of cargo and all it ran.
    # TYPE assay_build_cpu_seconds gauge
    assay_build_cpu_seconds 4.25
    # HELP assay_build_floor_seconds The least that the build could take with this crate graph.
    # TYPE assay_build_floor_seconds gauge
    assay_build_floor_seconds 2.4
    # HELP assay_build_units Units that were run.
    # TYPE assay_build_units gauge
    assay_build_units 3
    # HELP assay_build_unit_seconds Time of the 50 longest units by phase; whole where the phases are not known. Units with the same labels are summed.
    # TYPE assay_build_unit_seconds gauge
    assay_build_unit_seconds{package="shop",version="0.1.0",target="bin \\"shop\\\\n\\"",phase="whole"} 2.1
    assay_build_unit_seconds{package="libc",version="0.2.1",target="lib",phase="frontend"} 0.8
    assay_build_unit_seconds{package="libc",version="0.2.1",target="lib",phase="codegen"} 0.5
    # HELP assay_findings Findings that are neither allowed in the source nor in the baseline.
    # TYPE assay_findings gauge
    assay_findings{severity="error"} 1
    assay_findings{severity="warning"} 0
    assay_findings{severity="note"} 3
    # HELP assay_unknowns Things that could not be seen.
    # TYPE assay_unknowns gauge
    assay_unknowns 0
    # HELP assay_failed_tools Tools that failed.
    # TYPE assay_failed_tools gauge
    assay_failed_tools 0
    "
  `);
});

test('the series of units are limited to the longest', () => {
  const units = Array.from({ length: 80 }, (_, place) => ({
    ...unit,
    ...{ package: `unit-${place}`, version: '1.0.0', target: 'lib', durationSeconds: (place * 37) % 80 },
  }));
  const text = renderPrometheus({ ...builtShop, build: { ...build, units } });
  const values = [...text.matchAll(/^assay_build_unit_seconds\{.*\} (.*)$/gm)].map(match => Number(match[1]));
  expect(values).toEqual(Array.from({ length: 50 }, (_, place) => 79 - place));
});

/** A line of the text exposition format 0.0.4, by its grammar. */
const exposition =
  /^(# HELP [a-z_]+ .+|# TYPE [a-z_]+ gauge|[a-z_]+(\{[a-z]+="([^"\\\n]|\\[\\"n])*"(,[a-z]+="([^"\\\n]|\\[\\"n])*")*\})? -?\d+(\.\d+)?(e[+-]?\d+)?)$/;

test('whatever the report: one line of summary, lines of the exposition format, no series twice', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(arbitraryReport, fc.array(fc.tuple(text, text, text)), (report, names) => {
      const units = names.map(([name, version, target]) => ({
        ...unit,
        ...{ package: name, version, target, durationSeconds: 1 },
      }));
      const whole = { ...report, build: { ...build, units } };
      expect(renderSummary(whole)).toMatch(/^[^\n]+\n$/);
      const lines = renderPrometheus(whole).trimEnd().split('\n');
      expect(lines.filter(line => !exposition.test(line))).toEqual([]);
      const series = lines.filter(line => !line.startsWith('#')).map(line => line.replace(/ \S+$/, ''));
      expect(new Set(series).size).toBe(series.length);
    }),
  );
});

test('a Chrome trace: slots, units, phases, active units', () => {
  expect(`\n${renderTrace(builtShop)}`).toMatchInlineSnapshot(`
    "
    {"displayTimeUnit":"ms","otherData":{"tool":"Assay 0.1.0","rustc":"1.95.0"},"traceEvents":[
    {"name":"process_name","ph":"M","pid":1,"tid":0,"args":{"name":"build of shop 0.1.0"}},
    {"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"slot 1"}},
    {"name":"thread_sort_index","ph":"M","pid":1,"tid":1,"args":{"sort_index":1}},
    {"name":"thread_name","ph":"M","pid":1,"tid":2,"args":{"name":"slot 2"}},
    {"name":"thread_sort_index","ph":"M","pid":1,"tid":2,"args":{"sort_index":2}},
    {"name":"libc 0.2.1 lib","cat":"dependency","ph":"X","pid":1,"tid":1,"ts":100000,"dur":1000000,"args":{"critical":false,"features":"std extra","reason":"first build with these settings"}},
    {"name":"frontend","cat":"phase","ph":"X","pid":1,"tid":1,"ts":100000,"dur":600000},
    {"name":"codegen","cat":"phase","ph":"X","pid":1,"tid":1,"ts":700000,"dur":400000},
    {"name":"shop 0.1.0 build script","cat":"member","ph":"X","pid":1,"tid":2,"ts":100000,"dur":500000,"args":{"critical":false}},
    {"name":"shop 0.1.0 build script (run)","cat":"member","ph":"X","pid":1,"tid":2,"ts":600000,"dur":300000,"args":{"critical":false}},
    {"name":"shop 0.1.0 lib","cat":"member,critical","ph":"X","pid":1,"tid":2,"ts":900000,"dur":2100000,"args":{"critical":true}},
    {"name":"active units","ph":"C","pid":1,"tid":0,"ts":100000,"args":{"active":2}},
    {"name":"active units","ph":"C","pid":1,"tid":0,"ts":3000000,"args":{"active":0}}
    ]}
    "
  `);
});

test('speedscope: one profile a slot, drawn as its events', () => {
  const file = JSON.parse(renderSpeedscope(builtShop));
  const lines = file.profiles.map(
    (profile: { name: string; events: { type: string; frame: number; at: number }[] }) =>
      `${profile.name}: ${profile.events
        .map(({ type, frame, at }) => (type === 'O' ? `${at} [${file.shared.frames[frame].name}` : `${at}]`))
        .join(' ')}`,
  );
  expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    slot 1: 0.1 [libc 0.2.1 lib 0.1 [frontend 0.7] 0.7 [codegen 1.1] 1.1]
    slot 2: 0.1 [shop 0.1.0 build script 0.6] 0.6 [shop 0.1.0 build script (run) 0.9] 0.9 [shop 0.1.0 lib 3]
    "
  `);
});

test('a report without a timeline has no events', () => {
  const { build: _, ...none } = builtShop;
  expect(JSON.parse(renderTrace(none)).traceEvents).toHaveLength(1);
  expect(JSON.parse(renderSpeedscope(none)).profiles).toEqual([]);
});

const arbitraryBars = fc
  .array(fc.tuple(fc.nat(50), fc.nat(20)), { maxLength: 40 })
  .map(spans => spans.map(([start, length], id) => bar(id, 'x', 'lib', start, start + length)));

test('no two bars of a lane are active at once, and no more lanes are used than needed', () => {
  fc.assert(
    fc.property(arbitraryBars, drawn => {
      const lanes = lanesOf(drawn);
      for (const [place, one] of drawn.entries()) {
        for (const [other, two] of drawn.entries()) {
          if (other <= place || lanes[place] !== lanes[other]) continue;
          expect(one.endSeconds <= two.startSeconds || two.endSeconds <= one.startSeconds).toBe(true);
        }
      }
      const activeAt = (seconds: number) =>
        drawn.filter(
          one => one.startSeconds === seconds || (one.startSeconds < seconds && seconds < one.endSeconds),
        ).length;
      const most = drawn.reduce((max, one) => Math.max(max, activeAt(one.startSeconds)), 0);
      expect(new Set(lanes).size).toBeLessThanOrEqual(most);
    }),
  );
});
