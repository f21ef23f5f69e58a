import { expect, test } from 'vitest';
import { idealMachine } from '#build/schedule/machine.ts';
import { ask } from '#build/whatif/ask.ts';
import type { BuildSection, BuildUnit } from '#model/build-report.ts';
import { asMeasured } from './question.ts';
import { createWhatIfState, simulatedBuild } from './what-if-state.ts';

const unit = (name: string, seconds: number, dependencies: readonly number[]): BuildUnit => ({
  package: name,
  version: '1.0.0',
  target: 'lib',
  mode: 'build',
  startSeconds: 0,
  durationSeconds: seconds,
  critical: false,
  member: name === 'app',
  dependencies,
  linked: name === 'app',
  pipelined: name !== 'app',
  work: [seconds / 2, seconds / 2, 0],
  codegenUnits: 1,
});

const section = (errorPercent: number): BuildSection => ({
  title: 'Build',
  summary: '',
  blocks: [{ kind: 'timeline', title: 'Timeline', durationSeconds: 9, bars: [], concurrency: [] }],
  units: [unit('a', 4, []), unit('b', 4, []), unit('c', 2, []), unit('app', 3, [0, 1, 2])],
  machine: { ...idealMachine(2), basis: 'calibrated' },
  replay: { predictedSeconds: 9, lowSeconds: 9, highSeconds: 9, errorPercent, startErrorPercent: 0 },
});

test('the answer is there at once, its interval after all orders, and both are those of the command line', () => {
  const tasks: (() => void)[] = [];
  const build = simulatedBuild(section(0.4))!;
  const state = createWhatIfState(build, task => {
    tasks.push(task);
    return () => tasks.splice(tasks.indexOf(task), 1);
  });
  expect(state.foreseen.value).toBeNull();
  state.choices.value = { ...asMeasured, cores: 1 };
  const atOnce = state.foreseen.value!.answer;
  expect({ whole: state.whole.value, seconds: atOnce.predictedSeconds }).toEqual({
    whole: false,
    seconds: 13,
  });
  while (tasks.length > 0) tasks.shift()!();
  expect(state.whole.value).toBe(true);
  expect(state.foreseen.value!.answer).toEqual(ask(build.measured, 'cores=1'));
  expect(atOnce.predictedSeconds).toBe(state.foreseen.value!.answer.predictedSeconds);
  const drawn = state.predictedBars.value.map(
    bar =>
      `${bar.label.padEnd(9)}|${' '.repeat(bar.startSeconds)}${'='.repeat(bar.endSeconds - bar.startSeconds)}`,
  );
  expect(drawn).toMatchInlineSnapshot(`
    [
      "a 1.0.0  |====",
      "b 1.0.0  |    ====",
      "c 1.0.0  |        ==",
      "app 1.0.0|          ===",
    ]
  `);
});

test('a question that is changed before its interval is whole is dropped', () => {
  const tasks: (() => void)[] = [];
  const state = createWhatIfState(simulatedBuild(section(0.4))!, task => {
    tasks.push(task);
    return () => tasks.splice(tasks.indexOf(task), 1);
  });
  state.choices.value = { ...asMeasured, cores: 1 };
  state.choices.value = { ...asMeasured, more: 'without=zlib' };
  expect(tasks).toEqual([]);
  expect([state.foreseen.value, state.wrong.value]).toEqual([
    null,
    '`without=zlib`: no unit of package `zlib` was built',
  ]);
});

test('a build that the simulator cannot replay is not asked about', () => {
  expect(simulatedBuild(section(3.2))?.tooFarOff).toBe(3.2);
  expect(simulatedBuild({ ...section(0.1), machine: undefined } as never)).toBeNull();
});
