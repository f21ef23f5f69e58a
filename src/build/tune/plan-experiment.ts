/**
 * What to measure next: a pure function of what was measured, so that a run that was ended goes on where it stopped.
 *
 * 1. The control: today's settings against themselves, one block for each scenario.
 * 2. Screening by successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification", 2016): every setting in one pair (of edits in four)
 *    of builds for each scenario that it can change; the better half of those that gained anything twice as often; and again.
 *    It may take `screeningShare` of the budget; what it did not come to is reported as not tried.
 * 3. The winners that can hold at once are measured as a whole, for effects do not multiply, until there are enough pairs or the
 *    budget is used up. Where the whole is slower than today in a scenario, the member that was worst there is left out, and the rest
 *    measured anew.
 *
 * `spent` is the sum of what was measured. Half a block is never begun: the budget is exceeded by at most the step in flight.
 */
import type { TuneBlock, TunePurpose } from '#model/tune.ts';
import { type Candidate, compatible, kindOf } from './candidates.ts';
import { compareTrials, logRatios, undisturbed } from './compare.ts';

export interface Experiment {
  readonly scenarios: readonly string[];
  /** The most promising first. */
  readonly candidates: readonly Candidate[];
  readonly budgetSeconds: number;
}

export type Step =
  | {
      readonly kind: 'measure';
      readonly settings: readonly string[];
      readonly scenario: string;
      /** 1: one build of each; more: two of each, or four, as ABBA or BAAB and again. */
      readonly pairs: number;
      readonly purpose: TunePurpose;
    }
  | {
      readonly kind: 'done';
      /** What was measured as a whole and is worth having; null where today's settings are best. */
      readonly best: readonly string[] | null;
      /** The budget ended before all was tried. */
      readonly outOfBudget: boolean;
    };

const screeningShare = 0.55;
// Pairs of a combination, and of the control by then: Student's t is near enough to the normal distribution.
const pairsWanted = 6;
const pairsMin = 4;
// An edit costs little once the copy is warm, and scatters more than a build from nothing.
const warmPairs = 4;
// A setting that loses so much in one scenario is not tried in the others.
const lossMax = 0.1;
// A gain below this is not worth a setting.
const gainMin = 0.005;

export function nextStep(experiment: Experiment, measured: readonly TuneBlock[]): Step {
  const { scenarios, candidates, budgetSeconds } = experiment;
  const blocks = undisturbed(measured);
  const spent = total(measured.map(({ spentSeconds }) => spentSeconds));
  const pairsOf = (settings: readonly string[], scenario: string, purpose: TunePurpose) =>
    blocks.filter(
      block =>
        block.scenario === scenario && block.purpose === purpose && sameSettings(block.settings, settings),
    );
  const counted = (settings: readonly string[], scenario: string, purpose: TunePurpose) =>
    total(pairsOf(settings, scenario, purpose).map(({ today }) => today.length));
  const costOf = (scenario: string, pairs: number) => {
    const known = blocks.filter(block => block.scenario === scenario);
    const measured = total(known.map(({ today }) => today.length));
    return measured === 0 ? 0 : (pairs * total(known.map(({ spentSeconds }) => spentSeconds))) / measured;
  };

  for (const scenario of scenarios) {
    if (counted([], scenario, 'control') === 0)
      return { kind: 'measure', settings: [], scenario, pairs: atOnce(scenario, 2), purpose: 'control' };
  }

  let alive = candidates;
  let outOfBudget = false;
  for (let level = 1; level <= 2 && alive.length > 0; level++) {
    const untried: Candidate[] = [];
    for (const candidate of alive) {
      const { name } = candidate.setting;
      if (isHopeless(name)) continue;
      const missing = affectedBy(candidate, scenarios).find(
        scenario => counted([name], scenario, 'screening') < level * atOnce(scenario, 1),
      );
      if (missing === undefined) continue;
      if (spent + costOf(missing, 1) > screeningShare * budgetSeconds) {
        outOfBudget = true;
        if (level === 1) untried.push(candidate);
        continue;
      }
      return {
        ...{ kind: 'measure', settings: [name], scenario: missing },
        ...{ pairs: atOnce(missing, 1), purpose: 'screening' },
      };
    }
    const ranked = alive
      .filter(candidate => !untried.includes(candidate) && !isHopeless(candidate.setting.name))
      .map(candidate => ({ candidate, gain: gainOf(candidate.setting.name) }))
      .filter(({ gain }) => gain > gainMin)
      .sort((a, b) => b.gain - a.gain);
    alive = ranked.slice(0, Math.max(3, Math.ceil(alive.length / 2))).map(({ candidate }) => candidate);
  }

  let members: Candidate[] = [];
  for (const candidate of alive) {
    if (members.every(member => compatible(member, candidate))) members.push(candidate);
  }
  while (members.length > 0) {
    const settings = members.map(({ setting }) => setting.name).sort();
    const affected = scenarios.filter(scenario =>
      members.some(member => affectedBy(member, [scenario]).length > 0),
    );
    if (!failed(settings)) {
      const wanting = affected
        .flatMap(scenario => [
          {
            settings,
            scenario,
            pairs: counted(settings, scenario, 'combination'),
            purpose: 'combination' as const,
          },
          { settings: [], scenario, pairs: counted([], scenario, 'control'), purpose: 'control' as const },
        ])
        .filter(({ pairs, scenario }) => {
          const target = spent + costOf(scenario, 2) > budgetSeconds ? pairsMin : pairsWanted;
          return pairs < target;
        })
        .sort((a, b) => a.pairs - b.pairs)[0];
      if (wanting !== undefined)
        return {
          ...{ kind: 'measure', settings: wanting.settings, scenario: wanting.scenario },
          ...{ pairs: atOnce(wanting.scenario, 2), purpose: wanting.purpose },
        };
    }
    const trials = compareTrials(blocks, scenarios).trials.filter(trial =>
      sameSettings(trial.settings, settings),
    );
    const slow = trials.find(({ verdict }) => verdict === 'slower' || verdict === 'failed');
    if (slow === undefined) {
      const faster = trials.some(({ verdict }) => verdict === 'faster');
      return { kind: 'done', best: faster ? settings : null, outOfBudget };
    }
    const worst = members
      .map(member => ({
        member,
        gain: meanLog(pairsOf([member.setting.name], slow.scenario, 'screening')) ?? 0,
      }))
      .sort((a, b) => a.gain - b.gain)[0]!.member;
    members = members.filter(member => member !== worst);
  }
  return { kind: 'done', best: null, outOfBudget };

  function failed(settings: readonly string[]): boolean {
    return blocks.some(block => block.failure !== null && sameSettings(block.settings, settings));
  }

  function isHopeless(name: string): boolean {
    return (
      failed([name]) ||
      scenarios.some(scenario => (meanLog(pairsOf([name], scenario, 'screening')) ?? 0) < -lossMax)
    );
  }

  /** Mean over all scenarios of the logarithm of the ratio; where it changes nothing it gains nothing. */
  function gainOf(name: string): number {
    return (
      total(scenarios.map(scenario => meanLog(pairsOf([name], scenario, 'screening')) ?? 0)) /
      scenarios.length
    );
  }
}

export function affectedBy({ setting }: Candidate, scenarios: readonly string[]): readonly string[] {
  return scenarios.filter(scenario => setting.affects.includes(kindOf(scenario)));
}

function atOnce(scenario: string, pairs: number): number {
  return ['edit', 'edit-api', 'no-op'].includes(kindOf(scenario)) ? warmPairs : pairs;
}

function meanLog(blocks: readonly TuneBlock[]): number | null {
  const logs = blocks.flatMap(logRatios);
  return logs.length === 0 ? null : total(logs) / logs.length;
}

function sameSettings(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
