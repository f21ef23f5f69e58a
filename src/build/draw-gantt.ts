import type { CriticalPath } from './critical-path.ts';
import type { Timeline } from './timeline.ts';

/**
 * A timeline as text, for tests: `=` frontend, `#` codegen, `L` link, `-` where the split is not known or none of them,
 * `?` for a unit that did not finish, `*` before units on the critical path.
 */
export function drawGantt(timeline: Timeline, path: CriticalPath | null, columns = 60): string {
  const critical = new Set(path?.steps.filter(step => step.kind === 'unit').map(step => step.unit));
  const scale = timeline.durationSeconds > 0 ? columns / timeline.durationSeconds : 0;
  const names = timeline.bars.map(bar => `${bar.label} ${bar.detail}`);
  const width = names.reduce((widest, name) => Math.max(widest, name.length), 0);
  const signs = { frontend: '=', codegen: '#', link: 'L' };
  const lines = timeline.bars.map((bar, row) => {
    const cells: string[] = Array(columns).fill(' ');
    const paint = (start: number, end: number, sign: string) => {
      const from = Math.min(columns - 1, Math.floor(start * scale));
      cells.fill(sign, from, Math.max(from + 1, Math.min(columns, Math.round(end * scale))));
    };
    paint(bar.startSeconds, bar.endSeconds, bar.finished ? '-' : '?');
    for (const segment of bar.segments) paint(segment.startSeconds, segment.endSeconds, signs[segment.name]);
    return `${critical.has(bar.unit) ? '*' : ' '} ${names[row]!.padEnd(width)} |${cells.join('')}|`;
  });
  return [...lines, `  ${''.padEnd(width)}  0 to ${timeline.durationSeconds.toFixed(2)} s`].join('\n');
}
