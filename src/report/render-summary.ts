import type { BuildSection } from '#model/build-report.ts';
import { secondsText } from '#model/measure-text.ts';
import type { Report } from '#model/report.ts';
import { countsText } from './finding-counts.ts';
import { codeSpan, markdownMessage } from './markdown-inline.ts';

// Limit: what is read at a glance.
const longestCount = 3;

/** One line of Markdown for the summary of a CI job, with a line break at the end. */
export function renderSummary(report: Report): string {
  const parts = report.build === undefined ? [] : [buildText(report.build)];
  // A build has no findings of its own.
  if (report.build === undefined || report.async !== undefined || somethingWasFound(report))
    parts.push(`**assay** ${countsText(report)}`);
  return `${parts.join(' · ')}\n`;
}

function somethingWasFound({ findings, failures }: Report): boolean {
  return findings.length > 0 || failures.length > 0;
}

function buildText(build: BuildSection): string {
  if (build.wallSeconds === undefined) return `**build** ${markdownMessage(build.summary)}`;
  const measures = (
    [
      ['', build.wallSeconds, ' wall'],
      ['', build.cpuSeconds, ' CPU'],
      ['floor ', build.floorSeconds, ''],
    ] as const
  ).flatMap(([before, seconds, after]) =>
    seconds === undefined ? [] : [`${before}${secondsText(seconds)}${after}`],
  );
  const longest = (build.units ?? [])
    .toSorted((a, b) => b.durationSeconds - a.durationSeconds)
    .slice(0, longestCount)
    .map(
      unit =>
        `${codeSpan(`${unit.package} ${unit.version} ${unit.target}`)} ${secondsText(unit.durationSeconds)}`,
    );
  const text = `**build** ${measures.join(', ')}`;
  return longest.length === 0 ? `${text}; no unit was run` : `${text}; longest: ${longest.join(', ')}`;
}
