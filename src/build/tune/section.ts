/** What `assay tune` found, as a section of the report. */
import type { TextBlock } from '#model/section.ts';
import type { TuneBlock, TuneSection, TuneTrial } from '#model/tune.ts';
import type { Candidate, NotTried } from './candidates.ts';
import { compareTrials, pairsForVerdict, undisturbed } from './compare.ts';

export interface TuneOutcome {
  readonly scenarios: readonly string[];
  readonly candidates: readonly Candidate[];
  readonly notTried: readonly NotTried[];
  readonly blocks: readonly TuneBlock[];
  readonly best: readonly string[] | null;
  /** Of the best; null without one. */
  readonly patch: string | null;
  readonly outOfBudget: boolean;
}

export function tuneSection(outcome: TuneOutcome): TuneSection {
  const { candidates, notTried, best } = outcome;
  const { scenarios, trials } = compareTrials(outcome.blocks, outcome.scenarios);
  const isBest = ({ settings }: TuneTrial) => best !== null && settings.join() === best.join();
  const results = trials.filter(isBest);
  const order = (trial: TuneTrial) => (isBest(trial) ? 0 : 1);
  const sorted = trials.toSorted((a, b) => order(a) - order(b));
  const costs = new Map(candidates.map(({ setting }) => [setting.name, setting.costs]));
  const tried = new Set(trials.flatMap(({ settings }) => settings));
  const left = candidates.filter(({ setting }) => !tried.has(setting.name));
  const paid = (best ?? []).flatMap(name => {
    const cost = costs.get(name);
    return cost === null || cost === undefined ? [] : [`${name}: ${cost}`];
  });
  return {
    title: 'Tuning',
    summary: summaryOf(outcome, results),
    scenarios,
    trials,
    ...(best === null ? {} : { best: { settings: best, results, patch: outcome.patch ?? '' } }),
    blocks: [
      {
        kind: 'table',
        title: 'Scenarios under today’s settings',
        columns: [{ title: 'scenario' }, { title: 'today', unit: 's' }, { title: 'noise' }],
        rows: scenarios.map(({ scenario, todaySeconds, noisePercent }) => [
          scenario,
          todaySeconds,
          `± ${noisePercent.toFixed(1)} %`,
        ]),
      },
      {
        kind: 'table',
        title: 'What was measured: today’s time divided by the time with the settings',
        columns: [
          ...[{ title: 'settings' }, { title: 'scenario' }],
          ...[{ title: 'ratio' }, { title: 'interval' }, { title: 'pairs', unit: 'count' as const }],
          { title: 'verdict' },
        ],
        rows: sorted.map(trial => [
          trial.settings.join(' + '),
          trial.scenario,
          trial.verdict === 'failed' ? null : trial.ratio.toFixed(2),
          intervalText(trial),
          trial.pairs,
          verdictText(trial),
        ]),
        shown: 40,
      },
      ...textBlock('Other work on this machine', otherWork(outcome.blocks)),
      ...textBlock('What it costs you', paid),
      ...textBlock('The patch', outcome.patch === null ? [] : outcome.patch.trimEnd().split('\n')),
      ...textBlock(
        'Not tried, for the budget was used up',
        left.map(({ setting }) => `${setting.name}: ${setting.what}`),
      ),
      ...textBlock(
        'Not tried',
        notTried.map(({ setting, why }) => `${setting.name}: ${why}`),
      ),
    ],
  };
}

/** One pair has no interval of its own; the spread of the others gives it one that may be very wide. */
function intervalText({ low, high, verdict }: TuneTrial): string | null {
  if (verdict === 'failed') return null;
  return Number.isFinite(high) && high < 100 ? `${low.toFixed(2)} to ${high.toFixed(2)}` : 'not known';
}

function otherWork(blocks: readonly TuneBlock[]): readonly string[] {
  const aside = blocks.length - undisturbed(blocks).length;
  if (aside > 0)
    return [
      `${aside} of ${blocks.length} blocks of builds were set aside: something else kept a core busy meanwhile`,
    ];
  const known = blocks.flatMap(({ otherCores }) => otherCores ?? []).sort((a, b) => a - b);
  const middle = known[known.length >> 1] ?? 0;
  return middle < 0.15 ? [] : [`something else kept ${middle.toFixed(1)} cores busy all the time`];
}

function verdictText({ verdict, pairs }: TuneTrial): string {
  if (verdict !== 'within-noise') return verdict;
  return pairs < pairsForVerdict ? 'not measured on' : 'within the noise';
}

function summaryOf({ best, outOfBudget }: TuneOutcome, results: readonly TuneTrial[]): string {
  const budget = outOfBudget ? ' The budget did not suffice for all of them.' : '';
  if (best === null)
    return `No settings that were tried make a scenario faster beyond the noise: today’s are best.${budget}`;
  const gains = results
    .filter(({ verdict }) => verdict === 'faster')
    .map(({ scenario, ratio, low, high }) => {
      return `${scenario} is ${ratio.toFixed(2)} times as fast (${low.toFixed(2)} to ${high.toFixed(2)})`;
    });
  const rest = results.filter(({ verdict }) => verdict === 'within-noise').map(({ scenario }) => scenario);
  const same = rest.length === 0 ? '' : `; no difference was seen in ${rest.join(' and ')}`;
  return `With ${best.join(' + ')}: ${gains.join(', ')}${same}.${budget}`;
}

function textBlock(title: string, lines: readonly string[]): readonly TextBlock[] {
  return lines.length === 0 ? [] : [{ kind: 'text', title, lines }];
}
