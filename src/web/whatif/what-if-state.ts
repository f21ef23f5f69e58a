import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { errorPercentMax } from '#build/whatif/answers.ts';
import { type Foreseen, foresee, type Measured } from '#build/whatif/ask.ts';
import type { BuildSection } from '#model/build-report.ts';
import type { Section, TimelineBar } from '#model/section.ts';
import { asMeasured, type Choices, questionOf } from './question.ts';
import { scheduledBars } from './scheduled-bars.ts';

/** A build whose units, machine and replay are in the report: what the simulator needs. */
export interface SimulatedBuild {
  readonly measured: Measured;
  /** What the simulator makes of the build as it was. */
  readonly replaySeconds: number;
  /** In percent, where it is too much for a prediction; null where it is not. */
  readonly tooFarOff: number | null;
  readonly bars: readonly TimelineBar[];
}

/** Null where the section is no build, or one that cannot be simulated. */
export function simulatedBuild(section: Section): SimulatedBuild | null {
  const { units, machine, replay }: BuildSection = section;
  const timeline = section.blocks.find(block => block.kind === 'timeline');
  if (units === undefined || machine === undefined || replay === undefined || timeline === undefined)
    return null;
  return {
    measured: { units, machine, errorShare: replay.errorPercent / 100, plans: new Map() },
    replaySeconds: replay.predictedSeconds,
    tooFarOff: replay.errorPercent > errorPercentMax ? replay.errorPercent : null,
    bars: timeline.bars,
  };
}

export interface WhatIfState {
  readonly build: SimulatedBuild;
  readonly choices: Signal<Choices>;
  /** As after `--what-if`; empty where nothing is changed. */
  readonly question: ReadonlySignal<string>;
  /** Null where nothing is asked, or where what is asked is wrong. */
  readonly foreseen: ReadonlySignal<Foreseen | null>;
  /** What is wrong with the question; null where nothing is. */
  readonly wrong: ReadonlySignal<string | null>;
  /** Is the interval of all orders that are tried there? */
  readonly whole: ReadonlySignal<boolean>;
  /** The predicted build as bars; empty where there is none. */
  readonly predictedBars: ReadonlySignal<readonly TimelineBar[]>;
  dispose(): void;
}

/**
 * The first order of equals is simulated at once, so that what is drawn in the next frame is the answer; its interval needs all of
 * them, and they follow one by one, each in a task of its own, so that no control waits for them.
 */
export function createWhatIfState(
  build: SimulatedBuild,
  later: (task: () => void) => () => void = afterThis,
): WhatIfState {
  const choices = signal(asMeasured);
  const question = computed(() => questionOf(choices.value));
  const foreseen = signal<Foreseen | null>(null);
  const wrong = signal<string | null>(null);
  const whole = signal(true);
  const stop = effect(() => {
    const text = question.value;
    const steps = text === '' ? null : foresee(build.measured, text);
    if (steps === null || typeof steps === 'string') {
      batch(() => {
        foreseen.value = null;
        wrong.value = steps;
        whole.value = true;
      });
      return;
    }
    const iterator = steps[Symbol.iterator]();
    let cancel = () => {};
    const step = () => {
      const { value, done = false } = iterator.next();
      batch(() => {
        if (!done) foreseen.value = value;
        wrong.value = null;
        whole.value = done;
      });
      if (!done) cancel = later(step);
    };
    step();
    return () => cancel();
  });
  const schedule = computed(() => foreseen.value?.schedule);
  return {
    build,
    choices,
    question,
    foreseen,
    wrong,
    whole,
    // By the schedule, which stays the same while the interval grows.
    predictedBars: computed(() => {
      const of = schedule.value;
      return of === undefined ? [] : scheduledBars(foreseen.peek()!.units, of);
    }),
    dispose: stop,
  };
}

function afterThis(task: () => void): () => void {
  const timer = setTimeout(task, 0);
  return () => clearTimeout(timer);
}
