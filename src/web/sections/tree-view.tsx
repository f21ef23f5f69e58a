import { type ReadonlySignal, useSignal } from '@preact/signals';
import { measureText } from '#model/measure-text.ts';
import type { TreeBlock, TreeNode } from '#model/section.ts';
import { Message } from '../message.tsx';
import { Icicle } from './icicle.tsx';
import { isIcicle } from './icicle-layout.ts';

export function TreeView({
  block,
  printing,
}: {
  readonly block: TreeBlock;
  readonly printing: ReadonlySignal<boolean>;
}) {
  return (
    <div class="block">
      <h3>{block.title}</h3>
      {isIcicle(block.roots) && <Icicle title={block.title} roots={block.roots} />}
      <ul class="tree">
        {block.roots.map((root, index) => (
          <Branch key={index} node={root} depth={0} printing={printing} />
        ))}
      </ul>
    </div>
  );
}

/** Children exist in the document only while they are shown: a tree of dependencies can hold tens of thousands. */
function Branch({
  node,
  depth,
  printing,
}: {
  readonly node: TreeNode;
  readonly depth: number;
  readonly printing: ReadonlySignal<boolean>;
}) {
  const open = useSignal(depth === 0);
  if (node.children.length === 0) {
    return (
      <li>
        <span class="leaf">
          <Label node={node} />
        </span>
      </li>
    );
  }
  const shown = open.value || printing.value;
  return (
    <li>
      <details
        open={shown}
        onToggle={event => {
          if (!printing.value) open.value = event.currentTarget.open;
        }}
      >
        <summary>
          <Label node={node} />
        </summary>
        {shown && (
          <ul>
            {node.children.map((child, index) => (
              <Branch key={index} node={child} depth={depth + 1} printing={printing} />
            ))}
          </ul>
        )}
      </details>
    </li>
  );
}

function Label({ node }: { readonly node: TreeNode }) {
  return (
    <>
      <Message text={node.label} />
      {node.value !== undefined && (
        <span class="tree-value">{measureText(node.value, node.unit ?? 'count')}</span>
      )}
    </>
  );
}
