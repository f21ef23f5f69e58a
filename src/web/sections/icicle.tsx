import { useSignal } from '@preact/signals';
import { measureText, secondsText } from '#model/measure-text.ts';
import type { TreeNode } from '#model/section.ts';
import { type Slab, slabsOf } from './icicle-layout.ts';

/** Times and their parts as slabs below each other; a press on one shows its root alone. What it says the tree below says too. */
export function Icicle({ title, roots }: { readonly title: string; readonly roots: readonly TreeNode[] }) {
  const focus = useSignal<number | null>(null);
  const pointed = useSignal<Slab | null>(null);
  const slabs = slabsOf(roots, focus.value);
  const depth = slabs.reduce((most, slab) => Math.max(most, slab.depth), 0) + 1;
  const whole = slabs.filter(slab => slab.depth === 0).reduce((sum, { value }) => sum + value, 0);
  const said = pointed.value;
  return (
    <section class="icicle no-print" aria-label={title} onPointerLeave={() => (pointed.value = null)}>
      <div class="slabs" style={{ '--depth': depth }}>
        {slabs.map((slab, index) => (
          <button
            key={index}
            type="button"
            // The tree below says the same: one stop, and not one for each slab.
            tabIndex={index === 0 ? 0 : -1}
            class={slab.root === null ? 'slab rest' : `slab depth-${slab.depth}`}
            style={{
              left: `${100 * slab.from}%`,
              width: `${100 * (slab.to - slab.from)}%`,
              '--row': slab.depth,
            }}
            aria-label={`${slab.label}, ${measureText(slab.value, 's')}`}
            onPointerEnter={() => (pointed.value = slab)}
            onFocus={() => (pointed.value = slab)}
            onClick={() => (focus.value = focus.value === null ? slab.root : null)}
          >
            {slab.to - slab.from > 0.05 && slab.label}
          </button>
        ))}
      </div>
      <p class="hint">
        {said === null
          ? `${secondsText(whole)} in all. ${focus.value === null ? 'Press on a slab to see it alone.' : 'Press on a slab to see all.'}`
          : `${said.label}: ${secondsText(said.value)}, ${((100 * said.value) / whole).toFixed(1)} %`}
      </p>
    </section>
  );
}
