import type { BuildRecord, Unit, UnitRun } from '#model/build.ts';

/**
 * A build record from a few lines, for tests:
 *
 *     apple 0-4 rmeta 3 codegen 2.5-3.8
 *     pear  4-6 needs apple
 *     plum  3-6 after apple.rmeta
 *
 * `needs` gives dependencies; `after` puts the unit into the other's list of what it unblocked. `0-` never finished.
 */
export function recordFromText(text: string, facts: Partial<BuildRecord> = {}): BuildRecord {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const names = lines.map(line => line.trim().split(/\s+/)[0]!);
  const units: Unit[] = [];
  const runs: (UnitRun & { unblocked: number[]; unblockedByRmeta: number[] })[] = [];
  for (const [index, line] of lines.entries()) {
    const [name, span, ...words] = line.trim().split(/\s+/);
    const [start, end] = span!.split('-');
    const value = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1]! : null);
    const codegen = value('codegen')?.split('-').map(Number);
    const rmeta = value('rmeta');
    const needs = value('needs');
    units.push({
      index,
      packageId: null,
      packageName: name!,
      version: '1.0.0',
      targetName: name!,
      targetKind: value('kind') ?? 'lib',
      mode: 'build',
      platform: null,
      features: [],
      dependencies: needs === null ? null : needs.split(',').map(other => names.indexOf(other)),
    });
    runs.push({
      unit: index,
      startSeconds: Number(start),
      rmetaSeconds: rmeta === null ? null : Number(rmeta),
      finishSeconds: end === '' ? null : Number(end),
      sections: codegen ? [{ name: 'codegen', startSeconds: codegen[0]!, endSeconds: codegen[1]! }] : [],
      unblocked: [],
      unblockedByRmeta: [],
    });
  }
  for (const [index, line] of lines.entries()) {
    const after = /\bafter (\S+)/.exec(line)?.[1]?.split('.');
    if (after === undefined) continue;
    const run = runs[names.indexOf(after[0]!)]!;
    (after[1] === 'rmeta' ? run.unblockedByRmeta : run.unblocked).push(index);
  }
  return {
    source: 'build-analysis',
    command: null,
    host: null,
    target: null,
    profile: null,
    jobs: null,
    cpuCount: null,
    rustcVersion: null,
    units,
    runs,
    freshness: [],
    cpuUsage: [],
    durationSeconds: null,
    unitCounts: null,
    ...facts,
  };
}
