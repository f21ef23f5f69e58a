import type { Replay } from '#model/build-report.ts';
import type { Prediction } from './plan.ts';
import type { MeasuredJob } from './work-of.ts';

/** How far the simulator is off for the build that was measured. `wallSeconds`: of the whole cargo call. */
export function replayOf(
  prediction: Prediction,
  measured: readonly MeasuredJob[],
  wallSeconds: number,
): Replay {
  const { starts } = prediction.schedule;
  let startError = 0;
  for (const [job, { start }] of measured.entries()) startError += Math.abs(starts[job]! - start);
  const percent = (seconds: number) => (wallSeconds > 0 ? (100 * seconds) / wallSeconds : 0);
  return {
    predictedSeconds: prediction.seconds,
    lowSeconds: prediction.low,
    highSeconds: prediction.high,
    errorPercent: percent(Math.abs(prediction.seconds - wallSeconds)),
    startErrorPercent: measured.length === 0 ? 0 : percent(startError / measured.length),
  };
}
