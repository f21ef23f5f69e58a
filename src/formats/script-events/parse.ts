/**
 * What runs of build scripts cost (toolchain/script-watch.ts), one JSON object a line:
 *
 *     {"package":"tikv-jemalloc-sys 0.6.0","from":1.2,"to":31.9,"cpu":30.1,"looks":301,"divided":240,"ownJobs":true}
 *
 * First and last look in seconds since the pass began; CPU seconds between the two; looks in all, and those at which a `make` or
 * a `ninja` that divides its work among jobs was at work; is the number of those jobs its own, or asked of the jobserver?
 */
import { asIndex, asNumber, asString, parseJsonObject } from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { ScriptCost } from '#model/build.ts';

export function parseScriptEvents(text: string): Parsed<readonly ScriptCost[]> {
  const value: ScriptCost[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const cost = parseLine(line);
    if (cost === null) problems.push({ what: 'a line that is no run of a build script', line: index + 1 });
    else value.push(cost);
  }
  return { value, problems };
}

function parseLine(line: string): ScriptCost | null {
  const event = parseJsonObject(line);
  const [packageName, version] = (asString(event?.package) ?? '').split(' ');
  const fromSeconds = asNumber(event?.from);
  const toSeconds = asNumber(event?.to);
  const cpuSeconds = asNumber(event?.cpu);
  const looks = asIndex(event?.looks);
  const divided = asIndex(event?.divided);
  if (!packageName || !version || fromSeconds === null || toSeconds === null || cpuSeconds === null)
    return null;
  if (looks === null || looks === 0 || divided === null || divided > looks) return null;
  if (fromSeconds < 0 || toSeconds < fromSeconds || cpuSeconds < 0) return null;
  return {
    packageName,
    version,
    fromSeconds,
    toSeconds,
    cpuSeconds,
    dividedShare: divided / looks,
    ownJobs: event?.ownJobs === true,
  };
}
