import type { Report } from '#model/report.ts';
import { SortableTable } from './sections/sortable-table.tsx';

export function Provenance({ report }: { readonly report: Report }) {
  return (
    <section id="provenance" tabIndex={-1} aria-labelledby="provenance-title">
      <h2 id="provenance-title">Provenance</h2>
      {report.provenance.length === 0 ? (
        <p class="lead">No tool was run for this report.</p>
      ) : (
        <>
          <p class="lead">What was run for this report.</p>
          <SortableTable
            caption="Tools that were run"
            columns={[
              { title: 'Tool' },
              { title: 'Version' },
              { title: 'Command', code: true },
              { title: 'Wall time', unit: 's' },
              { title: 'Exit code', unit: 'count' },
            ]}
            rows={report.provenance.map(run => [
              run.tool,
              run.version,
              run.command,
              run.seconds,
              run.exitCode ?? null,
            ])}
          />
        </>
      )}
      <p class="colophon">
        {report.schema}, written by Assay {report.assay.version}. Every number on this page is in the report
        that the page carries.
      </p>
    </section>
  );
}
