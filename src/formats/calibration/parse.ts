/**
 * `calibration.json`: how long Assay's own crate took alone and beside copies of itself (toolchain/calibration.ts).
 *
 *     {"schema":"assay-calibration/1","cores":2,"frontend":[[1,0.6,0.58],[2,0.62,0.59]],"codegen":[[1,0.6,0.7],[2,0.66,0.7]],
 *      "parallelCodegenSeconds":0.4}
 *
 * Each row: number of copies, wall seconds of each, CPU seconds of each. The pace beside n-1 others is the time alone divided by
 * the time then; between measured numbers it is interpolated. A pace above 1 is noise and counts as 1. The parallel share
 * follows from Amdahl's law, after the threads' own slow-down is taken out.
 */
import { asIndex, asList, asNumber, asString, parseJsonObject } from '#base/json-value.ts';
import type { Parsed } from '#base/parsed.ts';
import type { Calibration, Paces } from '#model/calibration.ts';

// Limit: a number of cores beyond this is taken for damage.
const coresMax = 65536;
// Threads that generate code at most: the crate has 16 codegen units.
const codegenUnits = 16;

/** Null with a problem where the text says something else. */
export function parseCalibration(text: string): Parsed<Calibration | null> {
  const root = parseJsonObject(text);
  const refused = (what: string): Parsed<Calibration | null> => ({ value: null, problems: [{ what }] });
  if (root === null || asString(root.schema) !== 'assay-calibration/1') return refused('no calibration');
  const cores = asIndex(root.cores);
  const frontend = rows(root.frontend);
  const codegen = rows(root.codegen);
  const parallel = asNumber(root.parallelCodegenSeconds);
  if (cores === null || cores < 1 || cores > coresMax || frontend === null || codegen === null)
    return refused('no times');
  if (parallel === null || parallel <= 0) return refused('no time of code generation side by side');
  const codegenPaces = paces(codegen, cores);
  const threads = Math.min(cores, codegenUnits);
  const speedup = speedupOf(codegen[0]![1] / parallel, codegenPaces.wall, threads);
  const share = threads === 1 ? 0 : (1 - 1 / speedup) / (1 - 1 / threads);
  const codegenParallel = rounded(Math.min(1, share));
  return {
    value: { cores, frontend: paces(frontend, cores), codegen: codegenPaces, codegenParallel },
    problems: [],
  };
}

/** What several threads would gain if they did not slow each other down: they do it as far as they are busy. */
function speedupOf(seen: number, wall: readonly number[], threads: number): number {
  let speedup = Math.min(threads, Math.max(1, seen));
  for (let round = 0; round < 50; round++) {
    const below = Math.floor(speedup);
    const low = wall[below - 1] ?? 1;
    const high = wall[Math.min(below, wall.length - 1)] ?? low;
    speedup = Math.min(threads, Math.max(1, seen / (low + (speedup - below) * (high - low))));
  }
  return speedup;
}

type Row = readonly [copies: number, seconds: number, cpuSeconds: number];

/** From one copy upwards; null where it is not that. */
function rows(value: unknown): readonly Row[] | null {
  const list = asList(value).map((item): Row | null => {
    const [count, seconds, cpuSeconds] = asList(item).map(asNumber);
    if (count == null || seconds == null || cpuSeconds == null) return null;
    return seconds > 0 && cpuSeconds > 0 ? [count, seconds, cpuSeconds] : null;
  });
  const known = list.filter(item => item !== null).sort((a, b) => a[0] - b[0]);
  return known.length === list.length && known[0]?.[0] === 1 ? known : null;
}

function paces(measured: readonly Row[], cores: number): Paces {
  const counts = Array.from({ length: cores }, (_, index) => index + 1);
  const paceAt = (count: number, key: 1 | 2) =>
    rounded(Math.min(1, measured[0]![key] / at(measured, count, key)));
  return { wall: counts.map(count => paceAt(count, 1)), cpu: counts.map(count => paceAt(count, 2)) };
}

function at(measured: readonly Row[], count: number, key: 1 | 2): number {
  const above = measured.find(([copies]) => copies >= count) ?? measured.at(-1)!;
  const below = measured.findLast(([copies]) => copies <= count)!;
  const share = above[0] === below[0] ? 0 : (count - below[0]) / (above[0] - below[0]);
  return below[key] + share * (above[key] - below[key]);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
