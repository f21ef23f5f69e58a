import { type Severity, severities } from '#model/finding.ts';
import type { Report, ToolFailure } from '#model/report.ts';
import { standingOf } from './findings/filter.ts';
import { Message } from './message.tsx';

/** More members than this are folded. */
const membersShown = 8;

export function Header({ report }: { readonly report: Report }) {
  const { members, rustc, cargo, host } = report.workspace;
  return (
    <div class="report-header" id="top">
      <h1>
        {members.slice(0, membersShown).map((member, index) => (
          <span key={member} class="member">
            {index > 0 && <span class="separator">, </span>}
            <Member member={member} />
          </span>
        ))}
        {members.length === 0 && 'No workspace members'}
      </h1>
      {members.length > membersShown && (
        <details class="more-members">
          <summary>and {members.length - membersShown} more members</summary>
          <p>
            {members.slice(membersShown).map((member, index) => (
              <span key={member}>
                {index > 0 && ', '}
                <Member member={member} />
              </span>
            ))}
          </p>
        </details>
      )}
      <p class="toolchain">
        <span>rustc {rustc}</span>
        <span>cargo {cargo}</span>
        <span>{host}</span>
        <span>assay {report.assay.version}</span>
      </p>
      <Counts report={report} />
      {report.notices.map(notice => (
        <p key={notice} class="notice">
          <Message text={notice} />
        </p>
      ))}
      {report.failures.map((failure, index) => (
        <Failure key={index} failure={failure} />
      ))}
    </div>
  );
}

function Member({ member }: { readonly member: string }) {
  const space = member.indexOf(' ');
  if (space === -1) return <bdi>{member}</bdi>;
  return (
    <bdi>
      {member.slice(0, space)} <span class="version">{member.slice(space + 1)}</span>
    </bdi>
  );
}

function Counts({ report }: { readonly report: Report }) {
  const counted = new Map<Severity, number>();
  let suppressed = 0;
  let unchanged = 0;
  for (const finding of report.findings) {
    const standing = standingOf(finding);
    if (standing === 'suppressed') suppressed += 1;
    else if (standing === 'baseline') unchanged += 1;
    else counted.set(finding.severity, (counted.get(finding.severity) ?? 0) + 1);
  }
  return (
    <p class="counts">
      {counted.size === 0 && <span>No findings</span>}
      {severities.map(severity => {
        const count = counted.get(severity) ?? 0;
        if (count === 0) return null;
        return (
          <span key={severity} class={`severity ${severity}`}>
            <b>{count}</b> {count === 1 ? severity : `${severity}s`}
          </span>
        );
      })}
      {unchanged > 0 && <span class="aside">{unchanged} unchanged since the baseline</span>}
      {suppressed > 0 && <span class="aside">{suppressed} suppressed in the source</span>}
    </p>
  );
}

function Failure({ failure }: { readonly failure: ToolFailure }) {
  return (
    <section class="failure" aria-label={`${failure.tool} failed`}>
      <p>
        <b class="severity error">{failure.tool} failed</b> <Message text={failure.message} />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{failure.output}</pre>
    </section>
  );
}
