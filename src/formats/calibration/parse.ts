/**
 * `calibration.json`: how long Assay's own crate took alone and beside copies of itself (toolchain/calibration.ts).
 *
 *     {"schema":"assay-calibration/1","cores":2,"frontendSeconds":[[1,0.6],[2,0.62]],"codegenSeconds":[[1,0.6],[2,0.66]],
 *      "parallelCodegenSeconds":0.4}
 *
 * The pace beside n-1 others is the time alone divided by the time then; between measured numbers it is interpolated. A pace
 * above 1 is noise and counts as 1. The parallel share follows from Amdahl's law, after the threads' own slow-down is taken out.
 */
import { asIndex, asList, asNumber, asString, parseJsonObject } from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { Calibration } from '#model/calibration.ts';

// Limit: a number of cores beyond this is taken for damage.
const coresMax = 65536;
// Threads that generate code at most: the crate has 16 codegen units.
const codegenUnits = 16;

/** Null with a problem where the text says something else. */
export function parseCalibration(text: string): Parsed<Calibration | null> {
  const root = parseJsonObject(text);
  const refused = (what: string): Parsed<Calibration | null> => {
    const problems: Problem[] = [{ what }];
    return { value: null, problems };
  };
  if (root === null || asString(root.schema) !== 'assay-calibration/1') return refused('no calibration');
  const cores = asIndex(root.cores);
  const frontend = pairs(root.frontendSeconds);
  const codegen = pairs(root.codegenSeconds);
  const parallel = asNumber(root.parallelCodegenSeconds);
  if (cores === null || cores < 1 || cores > coresMax || frontend === null || codegen === null)
    return refused('no times');
  if (parallel === null || parallel <= 0) return refused('no time of code generation side by side');
  const frontendPace = paces(frontend, cores);
  const codegenPace = paces(codegen, cores);
  const threads = Math.min(cores, codegenUnits);
  const speedup = codegen[0]![1] / parallel / codegenPace[threads - 1]!;
  const share = threads === 1 ? 0 : (1 - 1 / Math.max(1, speedup)) / (1 - 1 / threads);
  return {
    value: { cores, frontendPace, codegenPace, codegenParallel: rounded(Math.min(1, share)) },
    problems: [],
  };
}

/** Numbers of copies with their seconds, from one copy upwards; null where it is not that. */
function pairs(value: unknown): readonly (readonly [number, number])[] | null {
  const list = asList(value).map(item => {
    const [count, seconds] = asList(item).map(asNumber);
    return count == null || seconds == null || seconds <= 0 ? null : ([count, seconds] as const);
  });
  const known = list.filter(item => item !== null).sort((a, b) => a[0] - b[0]);
  return known.length === list.length && known[0]?.[0] === 1 ? known : null;
}

function paces(measured: readonly (readonly [number, number])[], cores: number): readonly number[] {
  const alone = measured[0]![1];
  return Array.from({ length: cores }, (_, index) => {
    const count = index + 1;
    const above = measured.find(([copies]) => copies >= count) ?? measured.at(-1)!;
    const below = measured.findLast(([copies]) => copies <= count)!;
    const share = above[0] === below[0] ? 0 : (count - below[0]) / (above[0] - below[0]);
    const seconds = below[1] + share * (above[1] - below[1]);
    return rounded(Math.min(1, alone / seconds));
  });
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
