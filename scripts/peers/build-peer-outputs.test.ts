import { expect, test } from 'vitest';
import { readCritpath, readGoodtimes, withKnownScriptNames } from './build-peer-outputs.ts';

test('cargo-critpath 0.1.0, `--format json`, cut to one unit of the path', () => {
  const json = `{
    "schema_version": 1,
    "input": { "jobs": 2, "units_total": 344, "compilation_span_ms": 71980, "reported_total_ms": 72200 },
    "baseline": { "critical_path_ms": 24350, "lower_bound_ms": 68305, "simulated_makespan_ms": 71820 },
    "critical_path": [
      { "unit": 157, "label": { "package": "libc", "version": "0.2.169", "target": "build-script" }, "enter_ms": 0 }
    ],
    "scenarios": [{}, {}]
  }`;
  expect(readCritpath(json)).toEqual({
    units: 344,
    criticalPathSeconds: 24.35,
    path: ['libc build-script'],
    spanSeconds: 71.98,
    simulatedSeconds: 71.82,
    lowerBoundSeconds: 68.305,
    scenarios: 2,
  });
});

test('the page of cargo-goodtimes 0.3.1, cut to two packages', () => {
  const html = `<script>window.__GRAPH_DATA__ = {"nodes":{"syn@2.0.15":{"name":"syn","duration_ms":2430.0},
    "winapi@0.3.9":{"name":"winapi","duration_ms":null}},"edges":[],"roots":[],"critical_path":["syn@2.0.15"]};</script>`;
  expect(readGoodtimes(html)).toEqual({ packages: 2, timed: 1, criticalPathSeconds: 2.43, path: ['syn'] });
});

test('only the run of a build script with another name is renamed', () => {
  const run = (script: string) => `     Running \`/t/debug/build/typenum-df78/${script}\`\n`;
  expect(withKnownScriptNames(run('build-script-main'))).toBe(run('build-script-build'));
  expect(withKnownScriptNames(run('build-script-build'))).toBe(null);
  const rustc = '     Running `/toolchain/bin/rustc --crate-name build_script_main build/main.rs`\n';
  expect(withKnownScriptNames(rustc)).toBe(null);
});
