/**
 * Generic functions by what all crates of a build instantiate of them: one function that is instantiated in many crates
 * costs in none of them much, and in all a lot.
 */
import type { ProfiledUnit } from '#model/self-profile.ts';
import { definingCrate, globalName, standardCrates } from './function-names.ts';
import { compare } from './totals.ts';

export interface GenericSet {
  /** The generic function's path; crates of the standard library are all called `std`. */
  readonly name: string;
  /** The crate that defines it. */
  readonly definedIn: string;
  readonly instantiations: number;
  /** Sum over crates of instances times rustc's estimate of one, which is about its MIR statements. */
  readonly totalEstimate: number;
  /** Crates that instantiate it, with the most first. */
  readonly instantiatedIn: readonly {
    readonly unit: string;
    readonly instantiations: number;
    readonly totalEstimate: number;
  }[];
}

/** Sorted by total estimate, largest first; equal ones by name. */
export function genericSets(units: readonly ProfiledUnit[]): GenericSet[] {
  const crateNames = new Set([...units.map(({ crateName }) => crateName), ...standardCrates]);
  const byName = new Map<string, { instantiations: number; totalEstimate: number; in: Instances[] }>();
  for (const unit of units) {
    for (const { name: printed, instantiations, totalEstimate } of unit.monoItems) {
      const name = globalName(printed, unit.crateName, crateNames);
      const set = byName.get(name) ?? { instantiations: 0, totalEstimate: 0, in: [] };
      byName.set(name, set);
      set.instantiations += instantiations;
      set.totalEstimate += totalEstimate;
      const last = set.in.at(-1);
      if (last?.unit !== unit.name) set.in.push({ unit: unit.name, instantiations, totalEstimate });
      else {
        last.instantiations += instantiations;
        last.totalEstimate += totalEstimate;
      }
    }
  }
  return [...byName]
    .map(([name, { instantiations, totalEstimate, in: instances }]) => ({
      name,
      definedIn: definingCrate(name),
      instantiations,
      totalEstimate,
      instantiatedIn: instances.sort((a, b) => b.totalEstimate - a.totalEstimate || compare(a.unit, b.unit)),
    }))
    .sort((a, b) => b.totalEstimate - a.totalEstimate || compare(a.name, b.name));
}

interface Instances {
  readonly unit: string;
  instantiations: number;
  totalEstimate: number;
}
