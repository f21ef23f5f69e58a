import type { Section } from '#model/section.ts';
import { Message } from '../message.tsx';
import type { PageState } from '../page-state.ts';
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
  return (
    <section id={id} tabIndex={-1} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{section.title}</h2>
      <p class="lead">
        <Message text={section.summary} />
      </p>
      {section.blocks.map((block, index) => (
        <BlockView key={index} block={block} state={state} />
      ))}
    </section>
  );
}
