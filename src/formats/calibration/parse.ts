/**
 * `calibration.json`: how long Assay's own crate took alone and beside copies of itself (toolchain/calibration.ts).
 *
 *     {"schema":"assay-calibration/2","cores":2,"frontend":[[1,[0.6,0.61],[0.58,0.58]],[2,[0.62,0.63],[0.59,0.6]]],
 *      "codegen":[[1,[0.6,0.6],[0.7,0.71]],[2,[0.66,0.65],[0.7,0.7]]],"parallelCodegenSeconds":[0.4,0.4]}
 *
 * Version 1, of older evidence, has one number instead of each list: the least of several rounds.
 *
 * Each row: number of copies, wall seconds of each in every round, CPU seconds of each in every round. The pace beside n-1 others
 * is the median over the rounds of the time alone divided by the time then; between measured numbers it is interpolated. A pace
 * above 1 is noise and counts as 1. The parallel share follows from Amdahl's law, after the threads' own slow-down is taken out.
 */
import { asIndex, asList, asNumber, asString, parseJsonObject } from '#base/json-value.ts';
import { median } from '#base/median.ts';
import type { Parsed } from '#base/parsed.ts';
import type { Calibration, Paces } from '#model/calibration.ts';

// Limit: a number of cores beyond this is taken for damage.
const coresMax = 65536;
// Threads that generate code at most: the crate has 16 codegen units.
const codegenUnits = 16;

const schemas = new Set(['assay-calibration/1', 'assay-calibration/2']);

/** Null with a problem where the text says something else. */
export function parseCalibration(text: string): Parsed<Calibration | null> {
  const root = parseJsonObject(text);
  const refused = (what: string): Parsed<Calibration | null> => ({ value: null, problems: [{ what }] });
  const schema = asString(root?.schema);
  if (root === null || schema === null || !schemas.has(schema)) return refused('no calibration');
  const cores = asIndex(root.cores);
  const frontend = rows(root.frontend);
  const codegen = rows(root.codegen);
  const parallel = numbers(root.parallelCodegenSeconds);
  if (cores === null || cores < 1 || cores > coresMax || frontend === null || codegen === null)
    return refused('no times');
  if (parallel === null || parallel.length !== codegen[0]!.seconds.length)
    return refused('no time of code generation side by side');
  const codegenPaces = paces(codegen, cores);
  const threads = Math.min(cores, codegenUnits);
  const speedup = speedupOf(ratio(codegen[0]!.seconds, parallel), codegenPaces.wall, threads);
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

interface Row {
  readonly copies: number;
  readonly seconds: readonly number[];
  readonly cpuSeconds: readonly number[];
}

/** From one copy upwards, with as many rounds each; null where it is not that. */
function rows(value: unknown): readonly Row[] | null {
  const list = asList(value).map((item): Row | null => {
    const row = asList(item);
    const [copies, seconds, cpuSeconds] = [asNumber(row[0]), numbers(row[1]), numbers(row[2])];
    return copies === null || seconds === null || cpuSeconds === null
      ? null
      : { copies, seconds, cpuSeconds };
  });
  const known = list.filter(item => item !== null).sort((a, b) => a.copies - b.copies);
  const rounds = known[0]?.seconds.length;
  const regular = known.every(row => row.seconds.length === rounds && row.cpuSeconds.length === rounds);
  return known.length === list.length && known[0]?.copies === 1 && regular ? known : null;
}

/** Seconds, one for each round; null where there are none or one is no time. */
function numbers(value: unknown): readonly number[] | null {
  const list = (typeof value === 'number' ? [value] : asList(value)).map(asNumber);
  return list.length > 0 && list.every(item => item !== null && item > 0) ? (list as number[]) : null;
}

/** Median over the rounds. */
function ratio(of: readonly number[], to: readonly number[]): number {
  return median(of.map((seconds, round) => seconds / to[round]!))!;
}

function paces(measured: readonly Row[], cores: number): Paces {
  const counts = Array.from({ length: cores }, (_, index) => index + 1);
  const pacesOf = (key: 'seconds' | 'cpuSeconds') => {
    const known = measured.map(row => [row.copies, ratio(row[key], measured[0]![key])] as const);
    return counts.map(count => rounded(Math.min(1, 1 / at(known, count))));
  };
  return { wall: pacesOf('seconds'), cpu: pacesOf('cpuSeconds') };
}

/** Of the time beside others to the time alone, interpolated between the numbers of copies. */
function at(measured: readonly (readonly [copies: number, ratio: number])[], count: number): number {
  const above = measured.find(([copies]) => copies >= count) ?? measured.at(-1)!;
  const below = measured.findLast(([copies]) => copies <= count)!;
  const share = above[0] === below[0] ? 0 : (count - below[0]) / (above[0] - below[0]);
  return below[1] + share * (above[1] - below[1]);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
