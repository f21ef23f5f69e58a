import { useComputed } from '@preact/signals';
import type { Finding } from '#model/finding.ts';
import { Message } from '../message.tsx';
import { setOpen } from '../navigate.ts';
import type { PageState } from '../page-state.ts';
import { standingOf } from './filter.ts';
import { FindingDetail } from './finding-detail.tsx';
import type { GroupBy } from './groups.ts';

/** One finding: a line that says what and where, and below it, once opened, all that the report knows of it. */
export function FindingItem({
  state,
  index,
  within,
}: {
  readonly state: PageState;
  readonly index: number;
  readonly within: GroupBy;
}) {
  const finding = state.report.findings[index]!;
  const opened = useComputed(() => state.open.value.has(index) || state.printing.value);
  const open = opened.value;
  return (
    <li class={`finding ${open ? 'open' : ''}`} data-finding-item={index}>
      <button
        type="button"
        class="finding-line"
        data-finding={index}
        aria-expanded={open}
        aria-controls={open ? `finding-${index}` : undefined}
        onClick={() => setOpen(state, index, !state.open.peek().has(index))}
      >
        <span class={`severity ${finding.severity}`}>{finding.severity}</span>
        <span class="finding-message">
          <Message text={finding.message} />
        </span>
        <Where finding={finding} within={within} />
        <Standing finding={finding} />
      </button>
      {open && <FindingDetail state={state} finding={finding} index={index} />}
    </li>
  );
}

/** What the group's title does not say already. */
function Where({ finding, within }: { readonly finding: Finding; readonly within: GroupBy }) {
  const { file, startLine, startColumn } = finding.location;
  return (
    <span class="finding-where">
      <span>{within === 'file' ? `line ${startLine}` : `${file}:${startLine}:${startColumn}`}</span>
      {within === 'file' && <span>{finding.rule}</span>}
      {finding.function !== undefined && <bdi class="function">{finding.function}</bdi>}
      <span class="confidence">{finding.confidence}</span>
      {finding.baseline === 'new' && <span class="new">new</span>}
    </span>
  );
}

function Standing({ finding }: { readonly finding: Finding }) {
  if (standingOf(finding) !== 'suppressed' || finding.suppressed === undefined) return null;
  const { reason, location } = finding.suppressed;
  return (
    <span class="finding-reason">
      allowed at line {location.startLine}: <Message text={reason} />
    </span>
  );
}
