import { useComputed } from '@preact/signals';
import { type PageState, withMember } from '../page-state.ts';
import { standingOf } from './filter.ts';
import { FindingItem } from './finding-item.tsx';
import { groupFindings } from './groups.ts';
import { Toolbar } from './toolbar.tsx';

/** Those that count by group; those that never fail a run folded below. */
export function FindingsSection({ state }: { readonly state: PageState }) {
  const { findings } = state.report;
  const byStanding = useComputed(() => {
    const indexes = { counts: [] as number[], baseline: [] as number[], suppressed: [] as number[] };
    for (const index of state.passing.value) indexes[standingOf(findings[index]!)].push(index);
    return indexes;
  });
  const { counts, baseline, suppressed } = byStanding.value;
  return (
    <section id="findings" tabIndex={-1} aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      {findings.length === 0 ? (
        <p class="lead">Nothing was found. What could not be seen stands under Unknowns.</p>
      ) : (
        <>
          <Toolbar state={state} />
          {state.passing.value.length === 0 && <p class="lead">No finding passes this filter.</p>}
          <Groups state={state} indexes={counts} />
          <Fold state={state} standing="baseline" title="unchanged since the baseline" indexes={baseline} />
          <Fold state={state} standing="suppressed" title="suppressed in the source" indexes={suppressed} />
        </>
      )}
    </section>
  );
}

function Groups({ state, indexes }: { readonly state: PageState; readonly indexes: readonly number[] }) {
  const by = state.groupBy.value;
  return (
    <>
      {groupFindings(state.report.findings, indexes, by).map(group => (
        <div key={group.title} class="group">
          <h3 class="group-title">
            <bdi>{group.title}</bdi> <span class="count">{group.indexes.length}</span>
          </h3>
          <ul class="finding-list">
            {group.indexes.map(index => (
              <FindingItem key={index} state={state} index={index} within={by} />
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function Fold({
  state,
  standing,
  title,
  indexes,
}: {
  readonly state: PageState;
  readonly standing: string;
  readonly title: string;
  readonly indexes: readonly number[];
}) {
  if (indexes.length === 0) return null;
  const open = state.openFolds.value.has(standing);
  const shown = open || state.printing.value;
  return (
    <div class="fold">
      <button
        type="button"
        class="fold-title"
        aria-expanded={shown}
        onClick={() => {
          state.openFolds.value = withMember(state.openFolds.value, standing, !open);
        }}
      >
        <span class="chevron" aria-hidden="true" />
        {indexes.length} {title}
      </button>
      {shown && <Groups state={state} indexes={indexes} />}
    </div>
  );
}
