/** Two of cargo's plans (`--unit-graph`) held against each other. */

export interface PlanDifference {
  /** Units that only the first has, each as `package-id target kind mode platform`. */
  readonly gone: readonly string[];
  /** Units that the second has with other features, or has and the first has not. */
  readonly changed: number;
}

interface Wire {
  readonly units: readonly {
    readonly pkg_id: string;
    readonly target: { readonly name: string; readonly kind: readonly string[] };
    readonly mode: string;
    readonly platform: string | null;
    readonly features: readonly string[];
  }[];
}

/** Throws on what is not cargo's plan. `ignored`: a package whose own features and units do not count. */
export function planDifference(before: string, after: string): PlanDifference {
  const first = unitsIn(before);
  const second = unitsIn(after);
  const gone: string[] = [];
  let changed = 0;
  for (const [key, features] of first) {
    const now = second.get(key);
    if (now === undefined) gone.push(...features.map(() => key));
    else {
      // Of several units of one key, as many as there are fewer are gone.
      for (let more = now.length; more < features.length; more++) gone.push(key);
      if (now.some(one => !features.includes(one))) changed++;
    }
  }
  for (const key of second.keys()) if (!first.has(key)) changed++;
  return { gone, changed };
}

/** By key, the features of each unit of it, as one text. */
function unitsIn(plan: string): ReadonlyMap<string, readonly string[]> {
  const units = new Map<string, string[]>();
  for (const { pkg_id, target, mode, platform, features } of (JSON.parse(plan) as Wire).units) {
    const key = [pkg_id, target.name, target.kind[0] ?? '', mode, platform ?? ''].join(' ');
    units.set(key, [...(units.get(key) ?? []), features.toSorted().join(' ')]);
  }
  return units;
}
