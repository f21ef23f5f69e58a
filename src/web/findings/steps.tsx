import type { Signal } from '@preact/signals';
import type { Finding } from '#model/finding.ts';
import { Message } from '../message.tsx';

/** The finding's story in the order in which it happens. A press leads to the line. */
export function Steps({
  finding,
  activeStep,
  onStep,
}: {
  readonly finding: Finding;
  readonly activeStep: Signal<number | null>;
  readonly onStep: (step: number) => void;
}) {
  return (
    <ol class="steps" aria-label="Steps">
      {finding.steps.map((step, index) => {
        const number = index + 1;
        const { file, startLine } = step.location;
        return (
          <li key={number}>
            <button
              type="button"
              class="step"
              aria-current={activeStep.value === number ? 'step' : undefined}
              onClick={() => onStep(number)}
            >
              <span class="step-number" aria-hidden="true">
                {number}
              </span>
              <span class="step-message">
                <Message text={step.message} />
              </span>
              <span class="step-where">
                {file === finding.location.file ? `line ${startLine}` : `${file}:${startLine}`}
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
