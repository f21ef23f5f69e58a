/**
 * What `rustc -Zmacro-stats` prints on standard error (seen: rustc 1.95): a table for each crate,
 *
 *     macro-stats =====…
 *     macro-stats MACRO EXPANSION STATS: demo
 *     macro-stats Macro Name                         Uses      Lines  Avg Lines      Bytes  Avg Bytes
 *     macro-stats -----…
 *     macro-stats #[derive(Debug)]                      1          7        7.0        229      229.0
 *     macro-stats =====…
 *
 * A name that is too long for its column stands on a line of its own, before its numbers. Lines of anything else are
 * passed over. Sizes are those of the expansions as rustc pretty-prints them.
 */
import type { Parsed, Problem } from '#base/parsed.ts';
import type { CrateMacros, MacroSize } from '#model/self-profile.ts';

const prefix = 'macro-stats ';

export function parseMacroStats(text: string): Parsed<readonly CrateMacros[]> {
  const crates: { crateName: string; macros: MacroSize[] }[] = [];
  const problems: Problem[] = [];
  let longName: string | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (!line.startsWith(prefix)) continue;
    const rest = line.slice(prefix.length);
    const header = /^MACRO EXPANSION STATS: (.+)$/.exec(rest);
    if (header !== null) {
      crates.push({ crateName: header[1]!, macros: [] });
      longName = null;
      continue;
    }
    if (/^[=-]+$/.test(rest) || /^Macro Name +Uses +Lines/.test(rest) || rest === '(none)') continue;
    const row: RegExpExecArray | null = /^(.*?) +([\d_]+) +([\d_]+) +[\d_.]+ +([\d_]+) +[\d_.]+$/.exec(rest);
    const macros = crates.at(-1)?.macros;
    const name: string = row?.[1]?.trim() || longName || '';
    if (row !== null && macros !== undefined && name !== '') {
      macros.push({ name, uses: count(row[2]), lines: count(row[3]), bytes: count(row[4]) });
      longName = null;
    } else if (row === null && macros !== undefined && longName === null && rest.trim() !== '') {
      longName = rest.trim();
    } else {
      problems.push({ what: 'a line of macro statistics that is not understood', line: index + 1 });
    }
  }
  return { value: crates, problems };
}

function count(text: string | undefined): number {
  return Number((text ?? '').replaceAll('_', ''));
}
