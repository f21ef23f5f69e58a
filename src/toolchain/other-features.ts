/**
 * What a build with other features would be made of: cargo's plan for it, and the times of the units that the measured build does
 * not have. cargo builds with these features in the same target directory, so it compiles just those.
 */
import { type CargoPassPlan, runCargoPass } from './cargo-pass.ts';
import type { PassOptions } from './pass-options.ts';
import type { Preparation } from './preparation.ts';
import { readGraph } from './unit-graph-part.ts';
import type { UnitStore } from './unit-store.ts';

type Part = readonly [name: string, text: string];

const planPart = (features: string) => `plan-features=${encodeURIComponent(features)}.json`;
const buildPart = (features: string) => `build-features=${encodeURIComponent(features)}.jsonl`;

export function isMeasured(partNames: readonly string[], features: string): boolean {
  return partNames.includes(planPart(features)) && partNames.includes(buildPart(features));
}

/**
 * Parts of the evidence. `lists`: features with commas between, instead of those of the selection. Without cargo's own log there is
 * the plan alone; without a plan, or where the workspace does not compile so, nothing of that kind. Throws when interrupted.
 */
export async function withOtherFeatures(
  lists: readonly string[],
  options: PassOptions,
  preparation: Preparation,
  plan: CargoPassPlan,
  store: UnitStore,
  signal: AbortSignal,
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const features of lists) {
    const selection = {
      ...options.selection,
      features: [features],
      allFeatures: false,
      noDefaultFeatures: true,
    };
    const otherOptions: PassOptions = { ...options, selection };
    const graph = await readGraph(otherOptions, preparation, plan.cargoDir, null, signal);
    if (graph === null) continue;
    parts.push([planPart(features), graph]);
    const pass = await runCargoPass(
      otherOptions,
      preparation,
      { ...plan, total: Promise.resolve(null) },
      store,
      signal,
    );
    const events = pass.events.find(([name]) => name === 'build-events.jsonl');
    if (pass.result.exitCode === 0 && events !== undefined) parts.push([buildPart(features), events[1]]);
  }
  return parts;
}
