import type { BuildUnit } from '#model/build-report.ts';
import type { Job } from './job.ts';

/**
 * The units of a report as jobs, in the same order, with cargo's edges (src/compiler/job_queue/mod.rs): between two libraries for
 * which code is generated, metadata is enough; what is linked or run needs the objects of everything below it; all else needs
 * its direct dependencies whole. A unit without known work has the length that was measured.
 */
export function jobsOf(units: readonly BuildUnit[]): readonly Job[] {
  const below = new Map<number, ReadonlySet<number>>();
  return units.map((unit, index): Job => {
    const needsMetadata: number[] = [];
    const needsObjects: number[] = [];
    if (unit.linked) needsObjects.push(...allBelow(index, units, below));
    else {
      for (const need of new Set(unit.dependencies)) {
        (unit.pipelined && units[need]!.pipelined ? needsMetadata : needsObjects).push(need);
      }
    }
    const [frontend, codegen, rest] = unit.work ?? [unit.durationSeconds, 0, 0];
    const { codegenUnits = 1, parallel, ownThreads } = unit;
    return { needsMetadata, needsObjects, frontend, codegen, rest, codegenUnits, parallel, ownThreads };
  });
}

function allBelow(
  index: number,
  units: readonly BuildUnit[],
  known: Map<number, ReadonlySet<number>>,
): ReadonlySet<number> {
  const done = known.get(index);
  if (done !== undefined) return done;
  const below = new Set<number>();
  const open = [...units[index]!.dependencies];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === index || below.has(next)) continue;
    below.add(next);
    for (const need of units[next]!.dependencies) open.push(need);
  }
  known.set(index, below);
  return below;
}
