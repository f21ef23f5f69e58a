import { featuresIn } from '#build/whatif/change.ts';
import type { PassResult } from '#toolchain/instrumented-pass.ts';
import { areasOf } from './areas.ts';
import type { Flags } from './flags.ts';
import type { Progress } from './progress.ts';
import { scenarioFrom } from './scenario-flag.ts';
import { selectionFrom } from './selection.ts';
import type { TraceFolder } from './trace-folder.ts';
import type { VerbName } from './verbs.ts';
import { version } from './version.ts';

/** One instrumented pass over the workspace, told to the progress. Throws `ToolchainFailure`, `UsageError`. */
export async function livePass(
  verb: VerbName,
  flags: Flags,
  progress: Progress,
  traces: TraceFolder | null,
  signal?: AbortSignal,
): Promise<PassResult> {
  const { runPass } = await import('#toolchain/instrumented-pass.ts');
  const { directory, selection } = selectionFrom(flags, process.cwd());
  const wanted = areasOf(verb);
  return await runPass({
    directory,
    selection,
    pass: wanted.includes('build') ? 'build' : 'check',
    mir: wanted.includes('async'),
    otherFeatures: featuresIn(flags.whatIf),
    otherCommands: flags.advise,
    prove: flags.prove,
    edits: flags.edits,
    scenarios: flags.scenario.map(text => scenarioFrom(text, directory)),
    calibrate: flags.whatIf.length > 0 || flags.advise,
    ...(flags.deep ? { deep: (await import('./deep.ts')).deepPass() } : {}),
    ...(flags.inside ? { inside: (await import('./inside.ts')).insidePass(traces) } : {}),
    assayVersion: version,
    env: process.env,
    ...(signal === undefined ? {} : { signal }),
    onProgress: event => {
      switch (event.stage) {
        case 'waiting':
          return progress.update({
            what: `waiting for another run of Assay in this workspace (process ${event.pid})`,
          });
        case 'preparing':
          return progress.update({ what: 'reading the workspace' });
        case 'compiling':
          return progress.update({
            what: event.crates.length === 0 ? 'compiling' : `compiling ${event.crates[0]}`,
            done: event.done,
            ...(event.total === null ? {} : { total: event.total }),
          });
        case 'measuring':
          return progress.update({ what: event.what, done: event.done, total: event.total });
        case 'calibrating':
          return progress.update({
            what: 'measuring how compilers slow each other down (once)',
            done: event.done,
            total: event.total,
          });
        case 'summarising':
          return progress.update({
            what: `reading the MIR of ${event.crateName}`,
            done: event.done,
            total: event.total,
          });
        case 'cargo':
          // What cargo says of each crate is on the line already; what else it says (downloads, a lock that it waits
          // for) explains why nothing moves.
          if (/^\s*(Compiling|Checking|Fresh|Finished|Dirty|Running)\b/.test(event.line)) return;
          return progress.update({ what: `cargo: ${event.line.trim()}` });
        case 'diagnostic':
          return;
      }
    },
  });
}
