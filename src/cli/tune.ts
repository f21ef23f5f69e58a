import { createTwoFilesPatch } from 'diff';
import {
  applyEdits,
  type Candidate,
  candidatesAmong,
  compatible,
  type SettingsFiles,
} from '#build/tune/candidates.ts';
import { type Experiment, nextStep } from '#build/tune/plan-experiment.ts';
import { tuneSection } from '#build/tune/section.ts';
import { type Keep, keeps, keptByDefault, type TuneHost } from '#build/tune/setting.ts';
import { settings } from '#build/tune/settings/registry.generated.ts';
import { parseCargoMetadata } from '#formats/cargo-metadata/parse.ts';
import { parseTuneBlocks } from '#formats/tune-blocks/parse.ts';
import type { Report } from '#model/report.ts';
import type { TuneBlock, TuneSection } from '#model/tune.ts';
import { assembleReport } from '#report/assemble-report.ts';
import { applySettings, type ChangedFile, undoSettings } from '#toolchain/applied-settings.ts';
import type { PassOptions } from '#toolchain/pass-options.ts';
import type { Scenario } from '#toolchain/scenario.ts';
import { type TuneSession, type TuneVariant, withTuneSession } from '#toolchain/tune-session.ts';
import { emitReport } from './emit-report.ts';
import { type Flags, UsageError } from './flags.ts';
import { membersOf, versionWord } from './judge.ts';
import type { Progress } from './progress.ts';
import { scenarioFrom } from './scenario-flag.ts';
import { selectionFrom } from './selection.ts';
import { version } from './version.ts';

/** Programs that settings ask for. */
const programs = ['mold', 'wild', 'ld.lld', 'clang', 'sccache'];

/** `assay tune`: measures, reports, and writes the settings where that is asked for. Returns the exit code. */
export async function tune(flags: Flags, progress: Progress): Promise<number> {
  if (flags.release || flags.profile !== null)
    throw new UsageError(
      '`assay tune` works on the dev profile; a profile cannot be chosen',
      '`--scenario release` measures a release build too',
    );
  const { directory, selection } = selectionFrom(flags, process.cwd());
  const kept = keptFrom(flags.keep);
  const budgetSeconds = secondsFrom(flags.budget ?? '15m');
  const asked = flags.scenario.map(text => scenarioFrom(text, directory));
  const unknown = flags.try.find(name => !settings.some(setting => setting.name === name));
  if (unknown !== undefined)
    throw new UsageError(
      `\`${unknown}\` is no setting`,
      `one of ${settings.map(({ name }) => name).join(', ')}`,
    );
  const options: PassOptions = {
    ...{ directory, selection, pass: 'build', mir: false, assayVersion: version, env: process.env },
    onProgress: event => {
      if (event.stage === 'waiting')
        progress.update({
          what: `waiting for another run of Assay in this workspace (process ${event.pid})`,
        });
      else if (event.stage === 'preparing') progress.update({ what: 'reading the workspace' });
    },
  };
  return withTuneSession(options, programs, flags.again, async session => {
    const { root } = session.preparation.facts;
    const { assayDir } = session.preparation;
    if (flags.undo) {
      const undone = await undoSettings(root, assayDir);
      progress.close();
      process.stderr.write(
        undone === null
          ? 'assay: no settings were applied in this target directory\n'
          : `assay: ${undone.join(' and ')} ${undone.length > 1 ? 'are' : 'is'} as before\n`,
      );
      return 0;
    }
    const { report, files } = await experiment(session, asked, kept, budgetSeconds, flags, progress);
    await emitReport(report, flags, progress);
    const changed = changedFiles(session, files);
    if (!flags.apply || changed.length === 0) return 0;
    await applySettings(root, assayDir, changed);
    process.stderr.write(
      `assay: wrote ${changed.map(({ path }) => path).join(' and ')}; \`cargo assay tune --undo\` takes it back\n`,
    );
    return 0;
  });
}

async function experiment(
  session: TuneSession,
  asked: readonly Scenario[],
  kept: readonly Keep[],
  budgetSeconds: number,
  flags: Flags,
  progress: Progress,
): Promise<{ readonly report: Report; readonly files: SettingsFiles }> {
  const scenarios = asked.length > 0 ? asked : await defaultScenarios(session);
  const names = scenarios.map(session.scenarioText);
  const host: TuneHost = {
    ...session.machine,
    programs: new Set(session.machine.programs),
    backends: new Set(session.machine.backends),
  };
  const today: SettingsFiles = { manifest: session.manifest, config: session.config };
  const wanted = flags.try.length === 0 ? settings : settings.filter(({ name }) => flags.try.includes(name));
  const { candidates, notTried } = candidatesAmong(wanted, host, kept, names, today);
  const plan: Experiment = { scenarios: names, candidates, budgetSeconds };
  const blocks: TuneBlock[] = [...parseTuneBlocks(await session.recorded(scenarios)).value];
  if (blocks.length > 0)
    progress.say(
      `assay: going on with ${blocks.length} blocks of builds that were measured before (--again forgets them)`,
    );
  let best: readonly string[] | null = null;
  let outOfBudget = false;
  for (;;) {
    const step = nextStep(plan, blocks);
    if (step.kind === 'done') {
      ({ best, outOfBudget } = step);
      break;
    }
    const scenario = scenarios[names.indexOf(step.scenario)]!;
    const what =
      step.settings.length === 0 ? 'today’s settings against themselves' : step.settings.join(' + ');
    const spent = blocks.reduce((sum, { spentSeconds }) => sum + spentSeconds, 0);
    const startedAt = performance.now();
    const say = (state: string) => {
      const left = budgetSeconds - spent - (performance.now() - startedAt) / 1000;
      progress.update({ what: `${step.purpose}: ${what}, ${step.scenario}${state}; ${timeLeft(left)}` });
    };
    say('');
    const variant = variantOf(today, candidates, step.settings);
    const first = Math.random() < 0.5 ? 'today' : 'changed';
    const block = await session.measureBlock(variant, scenario, step.purpose, step.pairs, first, side =>
      say(side === 'warm' ? ', building what is not measured' : ''),
    );
    blocks.push(block);
  }
  const files = withSettings(today, candidates, best ?? []);
  const section = tuneSection({
    ...{ scenarios: names, candidates, notTried, blocks, best, outOfBudget },
    patch: best === null ? null : patchOf(changedFiles(session, files)),
  });
  return { report: reportOf(session, section), files };
}

async function defaultScenarios(session: TuneSession): Promise<readonly Scenario[]> {
  const edit = await session.mostChangedFile();
  return [{ kind: 'clean' }, { kind: 'check' }, ...(edit === null ? [] : [edit])];
}

function withSettings(
  today: SettingsFiles,
  candidates: readonly Candidate[],
  names: readonly string[],
): SettingsFiles {
  const chosen = candidates.filter(({ setting }) => names.includes(setting.name));
  for (const [index, one] of chosen.entries()) {
    const other = chosen.slice(index + 1).find(another => !compatible(one, another));
    if (other !== undefined)
      throw new UsageError(`\`${one.setting.name}\` and \`${other.setting.name}\` exclude each other`);
  }
  const files = applyEdits(
    today,
    chosen.flatMap(({ edits }) => edits),
  );
  if (typeof files === 'string') throw new UsageError(files);
  return files;
}

/** The manifest is written; the configuration is given as what is added to it. */
function variantOf(
  today: SettingsFiles,
  candidates: readonly Candidate[],
  names: readonly string[],
): TuneVariant {
  const { manifest } = withSettings(today, candidates, names);
  const config = candidates
    .filter(({ setting }) => names.includes(setting.name))
    .flatMap(({ edits }) => edits)
    .flatMap(({ file, edit }) => {
      if (file === 'manifest') return [];
      const key = [...edit.table, edit.key].map(part =>
        /^[\w-]+$/.test(part) ? part : JSON.stringify(part),
      );
      return [`${key.join('.')}=${JSON.stringify(edit.value)}`];
    });
  return { settings: [...names].sort(), manifest, config };
}

function changedFiles({ manifest, config }: TuneSession, files: SettingsFiles): readonly ChangedFile[] {
  const changed: ChangedFile[] = [];
  if (files.manifest !== manifest)
    changed.push({ path: 'Cargo.toml', before: manifest, after: files.manifest });
  if (files.config !== config)
    changed.push({
      ...{ path: '.cargo/config.toml', before: config === '' ? null : config },
      after: files.config,
    });
  return changed;
}

function patchOf(changed: readonly ChangedFile[]): string {
  return changed
    .map(({ path, before, after }) => {
      const from = before === null ? '/dev/null' : `a/${path}`;
      return createTwoFilesPatch(from, `b/${path}`, before ?? '', after).replace(/^=+\r?\n/, '');
    })
    .join('');
}

function reportOf({ preparation }: TuneSession, section: TuneSection): Report {
  const { toolchain, metadata } = preparation;
  return assembleReport({
    assayVersion: version,
    workspace: {
      members: membersOf(parseCargoMetadata(metadata).value),
      rustc: toolchain.release,
      cargo: versionWord(toolchain.cargoVersionVerbose, 'release'),
      host: toolchain.host,
    },
    areaResults: {},
    tune: section,
    failures: [],
    provenance: [],
    notices: [],
    readSource: () => null,
  });
}

function keptFrom(asked: readonly string[]): readonly Keep[] {
  if (asked.length === 0) return keptByDefault;
  return asked
    .flatMap(text => text.split(','))
    .filter(text => text !== 'nothing')
    .map(text => {
      const keep = keeps.find(name => name === text);
      if (keep === undefined)
        throw new UsageError(`\`--keep ${text}\`: expected ${keeps.join(', ')}, nothing`);
      return keep;
    });
}

function timeLeft(seconds: number): string {
  if (seconds <= 0) return 'the budget is used up, the last pairs follow';
  return seconds < 90
    ? `about ${Math.ceil(seconds / 10) * 10} s left`
    : `about ${Math.round(seconds / 60)} min left`;
}

/** `90s`, `15m`, `2h`. */
function secondsFrom(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  const seconds = Number(number) * { s: 1, m: 60, h: 3600 }[(unit ?? 's') as 's' | 'm' | 'h'];
  if (number === undefined || seconds <= 0)
    throw new UsageError(`\`--budget ${text}\`: expected a time such as 90s, 15m or 2h`);
  return seconds;
}
