/**
 * The record of an experiment of `assay tune` (toolchain/tune-session.ts), one block a line:
 *
 *     {"settings":["debug-none"],"scenario":"clean","purpose":"screening","first":"today","today":[20.1,20.3],"changed":[16.2,16.1],
 *      "otherCores":0.02,"spentSeconds":73.1,"failure":null}
 *
 * A line that was cut off (the process was killed while it wrote) is a problem and no block.
 */
import { asList, asNumber, asString, parseJsonObject } from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { TuneBlock, TunePurpose } from '#model/tune.ts';

const purposes: readonly TunePurpose[] = ['control', 'screening', 'combination'];

export function parseTuneBlocks(text: string): Parsed<readonly TuneBlock[]> {
  const value: TuneBlock[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const block = parseBlock(line);
    if (block === null) problems.push({ what: 'a line that is no block of an experiment', line: index + 1 });
    else value.push(block);
  }
  return { value, problems };
}

function parseBlock(line: string): TuneBlock | null {
  const json = parseJsonObject(line);
  const scenario = asString(json?.scenario);
  const purpose = purposes.find(name => name === json?.purpose);
  const first = json?.first;
  const spentSeconds = asNumber(json?.spentSeconds);
  if (json === null || scenario === null || spentSeconds === null || spentSeconds < 0) return null;
  if (purpose === undefined) return null;
  if (first !== 'today' && first !== 'changed') return null;
  const settings = asList(json.settings).map(asString);
  const [today, changed] = [json.today, json.changed].map(list => asList(list).map(asNumber));
  const failure = asString(json.failure);
  if (!settings.every(name => name !== null) || !areSeconds(today!) || !areSeconds(changed!)) return null;
  if (failure === null && (today.length !== changed.length || today.length === 0)) return null;
  return {
    settings,
    scenario,
    purpose,
    first,
    today,
    changed,
    otherCores: asNumber(json.otherCores),
    spentSeconds,
    failure,
  };
}

function areSeconds(list: readonly (number | null)[]): list is readonly number[] {
  return list.every(seconds => seconds !== null && seconds > 0);
}
