/** Debug info of dependencies: few step through them. What it costs is a part of their code generation, and which part is not known. */
import { type PlannedBuildUnit, type WasteDraft, workIn } from './draft.ts';

export function debugInfo(units: readonly PlannedBuildUnit[]): readonly WasteDraft[] {
  const withInfo = units.filter(
    ({ unit, planned }) =>
      !unit.member && planned !== null && planned.profile.debuginfo !== '0' && unit.mode === 'build',
  );
  if (withInfo.length === 0) return [];
  const kinds = [...new Set(withInfo.map(({ planned }) => planned!.profile.debuginfo))].sort();
  const codegen = withInfo.reduce((sum, { unit }) => sum + (unit.work?.[1] ?? 0), 0);
  return [
    {
      kind: 'debug-info',
      what: `debug info of ${withInfo.length === 1 ? '1 unit' : `${withInfo.length} units`} of dependencies`,
      because: `debug = ${kinds.join(', ')} in their profile; the seconds are all of their code generation, of which it is a part`,
      workSeconds: Math.min(
        codegen,
        withInfo.reduce((sum, { unit }) => sum + workIn(unit), 0),
      ),
      without: null,
    },
  ];
}
