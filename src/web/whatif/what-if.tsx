import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import { secondsText } from '#model/measure-text.ts';
import { copyText } from '../clipboard.ts';
import { Message } from '../message.tsx';
import { type PageState, withMember } from '../page-state.ts';
import { Comparison } from './comparison.tsx';
import {
  asMeasured,
  type Choices,
  commandOf,
  coresAt,
  coresMost,
  toggleLabels,
  toggles,
} from './question.ts';
import { createWhatIfState, type SimulatedBuild, type WhatIfState } from './what-if-state.ts';

/** Controls that change the measured build, and what the simulator makes of it. */
export function WhatIf({ build, page }: { readonly build: SimulatedBuild; readonly page: PageState }) {
  if (build.tooFarOff !== null) {
    return (
      <div class="block what-if no-print">
        <h3>What if</h3>
        <p class="hint">
          The simulator is off by {build.tooFarOff.toFixed(1)} % for the build that was measured, so it is not
          asked what a change would make of it.
        </p>
      </div>
    );
  }
  return <Asked build={build} page={page} />;
}

function Asked({ build, page }: { readonly build: SimulatedBuild; readonly page: PageState }) {
  const state = useMemo(() => createWhatIfState(build), [build]);
  useEffect(() => () => state.dispose(), [state]);
  return (
    <div class="block what-if no-print">
      <h3>What if</h3>
      <Controls state={state} />
      <Answer state={state} page={page} />
      {state.foreseen.value !== null && <Comparison state={state} page={page} />}
    </div>
  );
}

function Controls({ state }: { readonly state: WhatIfState }) {
  const { machine } = state.build.measured;
  const { cores: measuredCores } = machine;
  const choices = state.choices.value;
  const change = (changed: Partial<Choices>) => {
    state.choices.value = { ...state.choices.value, ...changed };
  };
  const most = coresMost(measuredCores);
  const shown = choices.cores ?? measuredCores;
  const more = useId();
  return (
    <form class="what-if-controls" onSubmit={event => event.preventDefault()}>
      <label class="cores">
        <span>cores and jobs</span>
        <input
          type="range"
          min={1}
          max={most + 1}
          step={1}
          value={Number.isFinite(shown) ? shown : most + 1}
          aria-valuetext={coresText(shown, choices.cores === null)}
          onInput={event => change({ cores: coresAt(Number(event.currentTarget.value), machine) })}
        />
        <output>{coresText(shown, choices.cores === null)}</output>
      </label>
      <fieldset>
        <legend class="visually-hidden">Changes</legend>
        {toggles.map(toggle => (
          <label key={toggle} class="choice">
            <input
              type="checkbox"
              checked={choices.toggles.has(toggle)}
              onChange={event =>
                change({ toggles: withMember(choices.toggles, toggle, event.currentTarget.checked) })
              }
            />
            <span>{toggleLabels[toggle]}</span>
          </label>
        ))}
      </fieldset>
      <div class="more">
        <label for={more}>and</label>
        <input
          id={more}
          type="text"
          spellcheck={false}
          autocomplete="off"
          placeholder="without=serde_derive + faster=syn:2"
          value={choices.more}
          onInput={event => change({ more: event.currentTarget.value })}
        />
        <button
          type="button"
          disabled={state.question.value === ''}
          onClick={() => {
            state.choices.value = asMeasured;
          }}
        >
          as measured
        </button>
      </div>
    </form>
  );
}

function coresText(cores: number, measured: boolean): string {
  return measured ? `${cores}, as measured` : Number.isFinite(cores) ? `${cores}` : 'unlimited';
}

function Answer({ state, page }: { readonly state: WhatIfState; readonly page: PageState }) {
  const copied = useSignal(false);
  const { replaySeconds } = state.build;
  const wrong = state.wrong.value;
  const foreseen = state.foreseen.value;
  if (wrong !== null) {
    return (
      <p class="what-if-answer wrong" role="status">
        <Message text={wrong} />
        {wrong.includes('`features=') && ' What other features need is compiled by the command line.'}
      </p>
    );
  }
  if (foreseen === null) {
    return (
      <p class="hint">
        Nothing is changed: the simulator replays the build in {secondsText(replaySeconds)}. Move a control to
        see what it would make of it.
      </p>
    );
  }
  const { predictedSeconds, lowSeconds, highSeconds, note } = foreseen.answer;
  const saved = replaySeconds - predictedSeconds;
  const command = commandOf(state.question.value);
  return (
    <div class="what-if-answer">
      <p role="status">
        <b class="predicted" data-seconds={predictedSeconds}>
          {secondsText(predictedSeconds)}
        </b>{' '}
        <span
          class="interval"
          data-whole={state.whole.value ? 'yes' : 'no'}
          data-seconds={`${lowSeconds} ${highSeconds}`}
        >
          from {secondsText(lowSeconds)} to {secondsText(highSeconds)}
        </span>
        <span class="saved">
          {Math.abs(saved) < 0.0005
            ? 'as long as measured'
            : `${secondsText(Math.abs(saved))} ${saved > 0 ? 'less' : 'more'} than ${secondsText(replaySeconds)}`}
        </span>
      </p>
      {note !== undefined && <p class="hint">{note}</p>}
      {state.build.measured.machine.basis === 'assumed' && (
        <p class="hint">
          How compilers slow each other down was not measured on that machine, so other numbers of cores have
          a wide interval. <code>cargo assay build --what-if</code> measures it.
        </p>
      )}
      <p class="command">
        <code>{command}</code>
        <button
          type="button"
          class="quiet"
          onClick={async () => {
            copied.value = await copyText(command);
            page.announcement.value = copied.value ? 'copied' : 'the browser refused to copy';
          }}
        >
          {copied.value ? 'copied' : 'copy'}
        </button>
      </p>
    </div>
  );
}
