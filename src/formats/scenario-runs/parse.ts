/**
 * Builds that were measured as scenarios (toolchain/scenarios.ts), one run a line; several lines of one scenario are its runs:
 *
 *     {"scenario":"edit:src/lib.rs","command":"cargo build","seconds":0.81,"cpuSeconds":1.1,"firstDiagnosticSeconds":null,"ran":2,
 *      "fresh":80,"changed":"the body of fn parse","failure":null}
 *
 * `seconds` is null where only the first diagnostic was measured; `failure` is what cargo said where it should not have failed.
 */
import { asIndex, asNumber, asString, parseJsonObject } from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { ScenarioRun } from '#model/build.ts';

export function parseScenarioRuns(text: string): Parsed<readonly ScenarioRun[]> {
  const value: ScenarioRun[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const run = parseLine(line);
    if (run === null) problems.push({ what: 'a line that is no run of a scenario', line: index + 1 });
    else value.push(run);
  }
  return { value, problems };
}

function parseLine(line: string): ScenarioRun | null {
  const json = parseJsonObject(line);
  const scenario = asString(json?.scenario);
  const command = asString(json?.command);
  if (json === null || scenario === null || command === null) return null;
  const seconds = positive(json.seconds);
  const firstDiagnosticSeconds = positive(json.firstDiagnosticSeconds);
  const failure = asString(json.failure);
  if (seconds === null && firstDiagnosticSeconds === null && failure === null) return null;
  return {
    scenario,
    command,
    seconds,
    cpuSeconds: positive(json.cpuSeconds),
    firstDiagnosticSeconds,
    ran: asIndex(json.ran) ?? 0,
    fresh: asIndex(json.fresh) ?? 0,
    changed: asString(json.changed),
    failure,
  };
}

function positive(value: unknown): number | null {
  const number = asNumber(value);
  return number !== null && number >= 0 ? number : null;
}
