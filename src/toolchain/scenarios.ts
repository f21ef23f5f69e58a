/**
 * Builds as a team meets them, each measured in a target directory of Assay's own: from nothing, with nothing changed, after an edit.
 *
 *     clean, check, test, release   `cargo build`, `check`, `test --no-run`, `build --release` in an empty target directory, once
 *     no-op                         `cargo build` again, with nothing changed
 *     edit:FILE                     `cargo build` after a statement was added in a function's body
 *     edit-api:FILE                 `cargo build` after a public function was added
 *
 * The last three are measured on a copy of the workspace, several times, after a build that is not measured. Before an edit's end its
 * first diagnostic counts: the same build with a type error in the same place, until cargo has printed rustc's first error.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ScenarioRun } from '#model/build.ts';
import { ToolchainFailure } from './failure.ts';
import { type Call, measure } from './measured-build.ts';
import type { PassOptions } from './pass-options.ts';
import type { Preparation } from './preparation.ts';
import { breakBody, editApi, editBody, type RustEdit } from './rust-edit.ts';
import type { Scenario } from './scenario.ts';
import { openCopy } from './workspace-copy.ts';

export const scenariosPart = 'scenarios.jsonl';
const warmRuns = 5;
/** cargo's words for the scenarios that begin with an empty target directory. */
export const fromNothing: Readonly<Record<string, readonly string[]>> = {
  clean: ['build'],
  check: ['check'],
  test: ['test', '--no-run'],
  release: ['build', '--release'],
};

/** With the file as a reader of the report finds it: from the root of the workspace, with `/`. */
export function scenarioText(scenario: Scenario, root: string): string {
  return 'path' in scenario
    ? `${scenario.kind}:${relative(root, scenario.path).split(sep).join('/')}`
    : scenario.kind;
}

/** The text of the part. Throws `bad-request` where a scenario cannot be measured here, and `interrupted`. */
export async function measureScenarios(
  scenarios: readonly Scenario[],
  options: PassOptions,
  preparation: Preparation,
  signal: AbortSignal,
): Promise<string> {
  const home = join(preparation.assayDir, 'scenarios');
  const { root } = preparation.facts;
  for (const scenario of scenarios) {
    if ('path' in scenario && !scenario.path.startsWith(`${root}${sep}`))
      throw new ToolchainFailure('bad-request', 'assay', `${scenario.path} is not in the workspace ${root}`);
  }
  const runs: ScenarioRun[] = [];
  const warm: Scenario[] = [];
  for (const scenario of scenarios) {
    const words = fromNothing[scenario.kind];
    if (words === undefined) {
      warm.push(scenario);
      continue;
    }
    options.onProgress?.({ stage: 'measuring', what: `measuring ${scenario.kind}`, done: 0, total: 1 });
    const targetDir = join(home, scenario.kind);
    await rm(targetDir, { recursive: true, force: true });
    const selection =
      scenario.kind === 'release' ? { ...options.selection, profile: null } : options.selection;
    try {
      const call = { words, selection, cwd: options.directory, targetDir };
      runs.push({
        scenario: scenario.kind,
        ...(await measure(call, options, preparation, signal)),
        changed: null,
      });
    } finally {
      await rm(targetDir, { recursive: true, force: true });
    }
  }
  if (warm.length > 0) runs.push(...(await measureWarm(warm, home, options, preparation, signal)));
  return runs.map(run => `${JSON.stringify(run)}\n`).join('');
}

async function measureWarm(
  scenarios: readonly Scenario[],
  home: string,
  options: PassOptions,
  preparation: Preparation,
  signal: AbortSignal,
): Promise<readonly ScenarioRun[]> {
  options.onProgress?.({ stage: 'measuring', what: 'copying the workspace', done: 0, total: 1 });
  const copy = await openCopy(home, options, preparation);
  const call: Call = {
    words: ['build'],
    selection: copy.selection,
    cwd: copy.directory,
    targetDir: join(home, 'warm'),
  };
  options.onProgress?.({ stage: 'measuring', what: 'building what is edited', done: 0, total: 1 });
  const first = await measure(call, options, preparation, signal);
  if (first.failure !== null)
    throw new ToolchainFailure(
      'tool-failed',
      'cargo',
      'the copy of the workspace does not compile',
      first.failure,
    );
  const runs: ScenarioRun[] = [];
  for (const [index, scenario] of scenarios.entries()) {
    const name = scenarioText(scenario, preparation.facts.root);
    // What the scenario before left is made good, so that it does not count to this one.
    if (index > 0) await measure(call, options, preparation, signal);
    const progress = (done: number) =>
      options.onProgress?.({
        stage: 'measuring',
        what: `measuring ${name}`,
        done,
        total: 'path' in scenario ? 2 * warmRuns : warmRuns,
      });
    if (!('path' in scenario)) {
      for (let run = 0; run < warmRuns; run++) {
        progress(run);
        runs.push({ scenario: name, ...(await measure(call, options, preparation, signal)), changed: null });
      }
      continue;
    }
    const file = copy.of(scenario.path);
    const original = await readFile(file, 'utf8');
    const edited = (number: number): RustEdit | null =>
      scenario.kind === 'edit' ? editBody(original, number) : editApi(original, number);
    if (edited(0) === null) {
      if (scenario.optional) continue;
      const why = `no function with a body was found in ${scenario.path}, so none can be edited`;
      throw new ToolchainFailure('bad-request', 'assay', why);
    }
    try {
      for (let run = 0; run < warmRuns; run++) {
        progress(run);
        const edit = edited(run)!;
        await writeFile(file, edit.text);
        runs.push({
          scenario: name,
          ...(await measure(call, options, preparation, signal)),
          changed: edit.what,
        });
      }
      // Beside the same change, so that as much is compiled; where no body can be broken, a diagnostic is not measured.
      for (let run = 0; run < warmRuns; run++) {
        progress(warmRuns + run);
        const broken = breakBody(edited(warmRuns + run)!.text, run);
        if (broken === null) break;
        await writeFile(file, broken.text);
        const { firstDiagnosticSeconds, ...rest } = await measure(call, options, preparation, signal);
        if (firstDiagnosticSeconds === null) break;
        const told = { firstDiagnosticSeconds, seconds: null, cpuSeconds: null, failure: null };
        runs.push({ scenario: name, ...rest, ...told, changed: broken.what });
      }
    } finally {
      await writeFile(file, original);
    }
  }
  return runs;
}
