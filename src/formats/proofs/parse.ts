/**
 * What a workspace compiles without (toolchain/prove/prove.ts), one dependency or feature a line:
 *
 *     {"kind":"dependency","member":"app 0.1.0","section":"dependencies","name":"log","feature":null,"package":"log 0.4.27",
 *      "outcome":"compiles","why":"","commands":["cargo check --workspace --all-targets"],"together":true,"gone":["… lib build "]}
 *
 * `outcome`: `compiles` without it; `needed`, with the first error as `why`; `unknown`, with what stood against trying.
 */
import { asString, asStrings, parseJsonObject } from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { Proof } from '#model/build.ts';

export function parseProofs(text: string): Parsed<readonly Proof[]> {
  const value: Proof[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const proof = parseLine(line);
    if (proof === null) problems.push({ what: 'a line that is no proof', line: index + 1 });
    else value.push(proof);
  }
  return { value, problems };
}

function parseLine(line: string): Proof | null {
  const json = parseJsonObject(line);
  const kind = asString(json?.kind);
  const outcome = asString(json?.outcome);
  const member = asString(json?.member);
  const name = asString(json?.name);
  if (json === null || member === null || name === null) return null;
  if (kind !== 'dependency' && kind !== 'feature') return null;
  if (outcome !== 'compiles' && outcome !== 'needed' && outcome !== 'unknown') return null;
  const feature = asString(json.feature);
  const commands = asStrings(json.commands);
  if ((kind === 'feature') !== (feature !== null) || (outcome === 'compiles' && commands.length === 0))
    return null;
  return {
    kind,
    member,
    section: asString(json.section) ?? '',
    name,
    feature,
    package: asString(json.package) ?? '',
    outcome,
    why: asString(json.why) ?? '',
    commands,
    together: json.together !== false,
    gone: asStrings(json.gone),
  };
}
