import type { RefObject } from 'preact';
import type { Place } from './places.ts';

export function HelpDialog({
  dialog,
  places,
}: {
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly places: readonly Place[];
}) {
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title">
      <form method="dialog">
        <h2 id="help-title">Keys</h2>
        <div class="help-columns">
          <KeyList
            title="Page"
            keys={[
              ['/', 'search the findings, or the units where they are in view'],
              ...places.flatMap(({ letter, title }): [string, string][] =>
                letter === null ? [] : [[`g ${letter}`, title]],
              ),
              ['?', 'these keys'],
            ]}
          />
          <KeyList
            title="Findings"
            keys={[
              ['j k', 'next, previous'],
              ['Enter', 'open or close'],
              ['Esc', 'close; leave a field'],
            ]}
          />
          <KeyList
            title="Timeline, once it has the focus"
            keys={[
              ['+ −', 'zoom'],
              ['0', 'the whole build'],
              ['← → ↑ ↓', 'pan'],
              ['n p', 'next, previous unit'],
              ['Enter', 'next match of the search; with Shift the one before'],
              ['Esc', 'select nothing'],
            ]}
          />
        </div>
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

function KeyList({
  title,
  keys,
}: {
  readonly title: string;
  readonly keys: readonly (readonly [string, string])[];
}) {
  return (
    <div>
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map(part => (
                <kbd key={part}>{part}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
