import type { Schedule } from '#build/schedule/job.ts';
import type { BuildUnit } from '#model/build-report.ts';
import type { TimelineBar } from '#model/section.ts';

/** A simulated build as bars, in the order of `units`; jobs that never start are left out. */
export function scheduledBars(units: readonly BuildUnit[], schedule: Schedule): readonly TimelineBar[] {
  const { starts, metadata, codegenEnds, ends } = schedule;
  return units.flatMap((unit, place): TimelineBar[] => {
    const startSeconds = starts[place]!;
    const endSeconds = ends[place]!;
    if (Number.isNaN(startSeconds) || Number.isNaN(endSeconds)) return [];
    const phases = [
      { name: 'frontend', startSeconds, endSeconds: metadata[place]! },
      { name: 'codegen', startSeconds: metadata[place]!, endSeconds: codegenEnds[place]! },
      { name: 'link', startSeconds: codegenEnds[place]!, endSeconds },
    ];
    return [
      {
        id: place,
        label: `${unit.package} ${unit.version}`,
        detail: unit.target,
        startSeconds,
        endSeconds,
        // A script's time in `make` is no code generation of rustc.
        segments:
          unit.mode === 'run-custom-build'
            ? []
            : phases.filter(phase => phase.endSeconds > phase.startSeconds),
        critical: false,
        member: unit.member,
        features: [],
        waitedFor: [],
      },
    ];
  });
}
