import { measureText } from '#model/measure-text.ts';
import type { Block, MeasureBlock, TextBlock } from '#model/section.ts';
import { Message } from '../message.tsx';
import type { PageState } from '../page-state.ts';
import { Gantt } from '../timeline/gantt.tsx';
import { SortableTable } from './sortable-table.tsx';
import { TreeView } from './tree-view.tsx';

export function BlockView({ block, state }: { readonly block: Block; readonly state: PageState }) {
  switch (block.kind) {
    case 'measures':
      return <Measures block={block} />;
    case 'table':
      return (
        <div class="block">
          <h3>{block.title}</h3>
          <SortableTable caption={block.title} columns={block.columns} rows={block.rows} />
        </div>
      );
    case 'timeline':
      return <Gantt block={block} state={state} />;
    case 'tree':
      return <TreeView block={block} printing={state.printing} />;
    case 'text':
      return <TextLines block={block} />;
    default: {
      const unknown: { readonly kind: string } = block satisfies never;
      return (
        <p class="notice">
          This page cannot show a block of kind “{unknown.kind}”. The JSON report holds it.
        </p>
      );
    }
  }
}

function Measures({ block }: { readonly block: MeasureBlock }) {
  return (
    <div class="block">
      {block.title !== undefined && <h3>{block.title}</h3>}
      <dl class="measures">
        {block.measures.map((measure, index) => (
          <div key={index} class="measure">
            <dt>{measure.label}</dt>
            <dd class="value">{measureText(measure.value, measure.unit)}</dd>
            {measure.note !== undefined && (
              <dd class="measure-note">
                <Message text={measure.note} />
              </dd>
            )}
          </div>
        ))}
      </dl>
    </div>
  );
}

function TextLines({ block }: { readonly block: TextBlock }) {
  return (
    <div class="block text-block">
      {block.title !== undefined && <h3>{block.title}</h3>}
      {block.lines.map((line, index) => (
        <p key={index}>
          <Message text={line} />
        </p>
      ))}
    </div>
  );
}
