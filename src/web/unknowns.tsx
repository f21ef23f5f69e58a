import type { Unknown } from '#model/report.ts';
import { SortableTable } from './sections/sortable-table.tsx';

export function Unknowns({ unknowns }: { readonly unknowns: readonly Unknown[] }) {
  return (
    <section id="unknowns" tabIndex={-1} aria-labelledby="unknowns-title">
      <h2 id="unknowns-title">Unknowns</h2>
      {unknowns.length === 0 ? (
        <p class="lead">Nothing that was looked at stayed unseen.</p>
      ) : (
        <>
          <p class="lead">What could not be seen, and why. Unknown is not “no”.</p>
          <SortableTable
            caption="Unknowns"
            columns={[
              { title: 'Area' },
              { title: 'What' },
              { title: 'Why' },
              { title: 'Count', unit: 'count' },
            ]}
            rows={unknowns.map(unknown => [unknown.area, unknown.what, unknown.why, unknown.count])}
          />
        </>
      )}
    </section>
  );
}
