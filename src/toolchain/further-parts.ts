/** What is learned besides a build, where it is asked for: each question is a part of the evidence, and judged from it. */

import type { CargoPassPlan } from './cargo-pass.ts';
import { changesPart, mostChanged, readChanges } from './changes.ts';
import { planOtherCommands } from './other-commands.ts';
import { isMeasured, withOtherFeatures } from './other-features.ts';
import type { PassOptions } from './pass-options.ts';
import type { Preparation } from './preparation.ts';
import { proofsPart, prove } from './prove/prove.ts';
import { measureScenarios, scenariosPart } from './scenarios.ts';
import type { UnitStore } from './unit-store.ts';

/**
 * `stored`: names of the parts that the workspace, unchanged since, has already; what they tell is not asked again where it cannot
 * have become another. Throws `bad-request` where a question cannot be answered here, and `interrupted`.
 */
export async function furtherParts(
  stored: readonly string[],
  options: PassOptions,
  preparation: Preparation,
  plan: CargoPassPlan,
  store: UnitStore,
  signal: AbortSignal,
): Promise<readonly (readonly [name: string, text: string])[]> {
  const { cargoDir } = plan;
  const parts: (readonly [string, string])[] = [];
  if (options.otherCommands === true)
    parts.push(...(await planOtherCommands(options, preparation, cargoDir, signal)));
  const lists = (options.otherFeatures ?? []).filter(list => !isMeasured(stored, list));
  parts.push(...(await withOtherFeatures(lists, options, preparation, plan, store, signal)));
  if (options.prove === true) parts.push([proofsPart, await prove(options, preparation, signal)]);
  const scenarios = [...(options.scenarios ?? [])];
  if (options.edits === true) {
    const changes = await readChanges(cargoDir, options.env, preparation, signal);
    parts.push([changesPart, `${JSON.stringify(changes)}\n`]);
    scenarios.push(...mostChanged(changes, preparation.facts.root));
  }
  if (scenarios.length > 0)
    parts.push([scenariosPart, await measureScenarios(scenarios, options, preparation, signal)]);
  return parts;
}
