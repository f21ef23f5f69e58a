import { Fragment } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Section } from '#model/section.ts';
import { Message } from '../message.tsx';
import type { PageState } from '../page-state.ts';
import { WhatIf } from '../whatif/what-if.tsx';
import { simulatedBuild } from '../whatif/what-if-state.ts';
import { BlockView } from './block-view.tsx';

export function AreaSection({
  id,
  section,
  state,
}: {
  readonly id: string;
  readonly section: Section;
  readonly state: PageState;
}) {
  const simulated = useMemo(() => simulatedBuild(section), [section]);
  return (
    <section id={id} tabIndex={-1} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{section.title}</h2>
      <p class="lead">
        <Message text={section.summary} />
      </p>
      {section.blocks.map((block, index) => (
        <Fragment key={index}>
          <BlockView block={block} state={state} />
          {block.kind === 'timeline' && simulated !== null && <WhatIf build={simulated} page={state} />}
        </Fragment>
      ))}
    </section>
  );
}
