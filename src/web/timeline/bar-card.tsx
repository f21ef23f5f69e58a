import type { TimelineBar } from '#model/section.ts';
import { Message } from '../message.tsx';
import { barFacts, barKind } from './bar-facts.ts';

/** All that the report says of one bar. */
export function BarCard({
  bar,
  byId,
}: {
  readonly bar: TimelineBar;
  readonly byId: ReadonlyMap<number, TimelineBar>;
}) {
  return (
    <div class="bar-card">
      <p class="bar-name">
        <b>{bar.label}</b> <span>{bar.detail}</span> <span class="bar-kind">{barKind(bar)}</span>
      </p>
      <dl>
        {barFacts(bar, byId).map(fact => (
          <div
            key={fact.title}
            class={['features', 'reason', 'waited for'].includes(fact.title) ? 'wide' : undefined}
          >
            <dt>{fact.title}</dt>
            <dd>
              <Message text={fact.text} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
