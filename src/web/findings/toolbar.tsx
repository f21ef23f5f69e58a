import { severities } from '#model/finding.ts';
import { type PageState, withMember } from '../page-state.ts';
import { areaOf } from './filter.ts';
import type { GroupBy } from './groups.ts';

/** Search, severities, areas where there are several, grouping, and how many findings pass. */
export function Toolbar({ state }: { readonly state: PageState }) {
  const { findings } = state.report;
  const areas = [...new Set(findings.map(areaOf))].sort();
  const counts = new Map(
    severities.map(severity => [severity, findings.filter(f => f.severity === severity).length]),
  );
  return (
    <search class="toolbar no-print">
      <input
        type="search"
        aria-label="Search the findings"
        placeholder="Search findings"
        spellcheck={false}
        autocomplete="off"
        value={state.query.value}
        onInput={event => {
          state.query.value = event.currentTarget.value;
        }}
      />
      <fieldset>
        <legend class="visually-hidden">Severity</legend>
        {severities.map(severity => (
          <label key={severity} class={`choice ${severity}`}>
            <input
              type="checkbox"
              checked={state.severities.value.has(severity)}
              disabled={counts.get(severity) === 0}
              onChange={event => {
                state.severities.value = withMember(
                  state.severities.value,
                  severity,
                  event.currentTarget.checked,
                );
              }}
            />
            <span>
              {severity} <span class="count">{counts.get(severity)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {areas.length > 1 && (
        <Choice
          legend="Area"
          name="area"
          options={['all areas', ...areas]}
          chosen={state.area.value ?? 'all areas'}
          onChoose={area => {
            state.area.value = area === 'all areas' ? null : area;
          }}
        />
      )}
      <Choice
        legend="Group by"
        name="group"
        options={['file', 'rule']}
        chosen={state.groupBy.value}
        showLegend
        onChoose={by => {
          state.groupBy.value = by as GroupBy;
        }}
      />
      <output class="passing">
        {state.passing.value.length} of {findings.length}
      </output>
    </search>
  );
}

function Choice({
  legend,
  name,
  options,
  chosen,
  onChoose,
  showLegend = false,
}: {
  readonly legend: string;
  readonly name: string;
  readonly options: readonly string[];
  readonly chosen: string;
  readonly onChoose: (option: string) => void;
  readonly showLegend?: boolean;
}) {
  return (
    <fieldset>
      <legend class="visually-hidden">{legend}</legend>
      {showLegend && (
        <span class="fieldset-label" aria-hidden="true">
          by
        </span>
      )}
      {options.map(option => (
        <label key={option} class="choice">
          <input type="radio" name={name} checked={option === chosen} onChange={() => onChoose(option)} />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
}
