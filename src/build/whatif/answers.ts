import type { BuildSection, WhatIf } from '#model/build-report.ts';
import type { TableBlock } from '#model/section.ts';
import type { Simulated } from '../facts.ts';
import { roundedSeconds } from '../seconds.ts';
import { advise } from './advise.ts';
import { ask, type Measured } from './ask.ts';
import type { OtherPlan } from './other-plan.ts';

/** What is asked of a measured build, as it is written on the command line. */
export interface BuildQuestions {
  readonly whatIf: readonly string[];
  readonly advise: boolean;
}

export interface Answers {
  readonly named: Pick<BuildSection, 'whatIf'>;
  readonly blocks: readonly TableBlock[];
  /** Questions that are wrong, in words. */
  readonly wrong: readonly string[];
}

/**
 * The simulator's error above which it is not asked: a build that it cannot replay is one that it does not understand. Single
 * runs of one build differ by as much.
 */
export const errorPercentMax = 3;

export function answersOf(
  simulated: Simulated,
  errorPercent: number,
  plans: ReadonlyMap<string, OtherPlan>,
  questions: BuildQuestions,
): Answers {
  const { units, machine } = simulated;
  const measured: Measured = { units, machine, errorShare: errorPercent / 100, plans };
  const replaySeconds = simulated.replay.seconds;
  const asked = questions.whatIf.map(text => ask(measured, text));
  const wrong = asked.filter(answer => typeof answer === 'string');
  const answers = asked.filter(answer => typeof answer !== 'string');
  const advised = questions.advise ? advise(measured, replaySeconds) : [];
  const blocks: TableBlock[] = [];
  if (answers.length > 0) blocks.push(tableOf('What if', answers, replaySeconds));
  if (advised.length > 0) blocks.push(tableOf('Changes worth most for their effort', advised, replaySeconds));
  const whatIf = [...answers, ...advised];
  return { named: whatIf.length === 0 ? {} : { whatIf }, blocks, wrong };
}

function tableOf(title: string, answers: readonly WhatIf[], replaySeconds: number): TableBlock {
  const advice = answers.some(answer => answer.effort !== undefined);
  const notes = answers.some(answer => answer.note !== undefined);
  return {
    kind: 'table',
    title,
    columns: [
      { title: 'change' },
      ...(advice ? [{ title: 'effort' }] : []),
      ...(notes ? [{ title: advice ? 'what it is' : 'note' }] : []),
      { title: 'predicted', unit: 's' },
      { title: 'from', unit: 's' },
      { title: 'to', unit: 's' },
      { title: 'saved', unit: 's' },
    ],
    rows: answers.map(({ change, effort, note, predictedSeconds, lowSeconds, highSeconds }) => [
      change,
      ...(advice ? [effort ?? null] : []),
      ...(notes ? [note ?? null] : []),
      predictedSeconds,
      lowSeconds,
      highSeconds,
      roundedSeconds(replaySeconds - predictedSeconds),
    ]),
    shown: 20,
  };
}
