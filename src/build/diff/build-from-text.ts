/** For tests: the build of a report, written as lines of text. */
import type { NamedBuild, ReportedUnit } from '#model/reported-build.ts';

/**
 * A line is a unit: `DURATION = FRONTEND + CODEGEN + LINK  PACKAGE VERSION TARGET [FEATURES] <- LINES`, of which everything after the
 * target may be missing, and the phases too. LINES are the numbers (from 0) of the units that it depends on; `*` before the
 * package puts it on the critical path. Units start one after the other.
 */
export function buildFromText(
  name: string,
  text: string,
  facts: Partial<NamedBuild['build']> = {},
): NamedBuild {
  let start = 0;
  const units = text
    .trim()
    .split('\n')
    .map((line): ReportedUnit => {
      const match =
        /^([\d.]+)(?: = ([\d.+ ]+?))? {2,}(\*?)(\S+) (\S+) ([^[<]+?)(?: \[(.*)\])?(?: <- ([\d ]+))?$/.exec(
          line.trim(),
        );
      if (match === null) throw new Error(`no unit: ${line}`);
      const [, duration, phases, star, packageName, version, target, features, needs] = match;
      const [frontend, codegen, link] = phases?.split('+').map(Number) ?? [];
      const unit: ReportedUnit = {
        package: packageName!,
        version: version!,
        target: target!,
        mode: target === 'build script (run)' ? 'run-custom-build' : 'build',
        startSeconds: start,
        durationSeconds: Number(duration),
        frontendSeconds: frontend ?? null,
        codegenSeconds: codegen ?? null,
        linkSeconds: link ?? null,
        critical: star === '*',
        features: features === undefined ? [] : features.split(',').toSorted(),
        dependencies: needs?.split(' ').map(Number) ?? [],
      };
      start += unit.durationSeconds;
      return unit;
    });
  return {
    name,
    build: {
      rustc: '1.95.0',
      host: 'x86_64-unknown-linux-gnu',
      members: ['shop 0.1.0'],
      jobs: 2,
      cores: 2,
      wallSeconds: start,
      cpuSeconds: null,
      criticalPathSeconds: null,
      floorSeconds: null,
      replaySeconds: null,
      replayErrorPercent: null,
      ...facts,
      units,
    },
  };
}
