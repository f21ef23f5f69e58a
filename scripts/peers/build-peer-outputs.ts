/** What cargo-critpath 0.1 and cargo-goodtimes 0.3 print, as far as the table needs it. */

export interface CritpathSays {
  readonly units: number;
  readonly criticalPathSeconds: number;
  readonly path: readonly string[];
  /** From the start of the first unit to the end of the last, as it read it. */
  readonly spanSeconds: number;
  readonly simulatedSeconds: number;
  readonly lowerBoundSeconds: number;
  readonly scenarios: number;
}

export function readCritpath(json: string): CritpathSays {
  const said = JSON.parse(json) as {
    input: { units_total: number; compilation_span_ms: number };
    baseline: { critical_path_ms: number; simulated_makespan_ms: number; lower_bound_ms: number };
    critical_path: { label: { package: string; target: string } }[];
    scenarios: unknown[];
  };
  return {
    units: said.input.units_total,
    criticalPathSeconds: said.baseline.critical_path_ms / 1000,
    path: said.critical_path.map(({ label }) => `${label.package} ${label.target}`),
    spanSeconds: said.input.compilation_span_ms / 1000,
    simulatedSeconds: said.baseline.simulated_makespan_ms / 1000,
    lowerBoundSeconds: said.baseline.lower_bound_ms / 1000,
    scenarios: said.scenarios.length,
  };
}

/**
 * critpath 0.1.0 knows the run of a build script by the name `build-script-build` alone; cargo names it after its source file. The log
 * with that name in its place, so that critpath takes it; null where nothing had to be changed.
 */
export function withKnownScriptNames(log: string): string | null {
  const changed = log.replaceAll(
    /(Running `[^\s`]*\/build\/[^\s/`]+\/)build-script-(?!build`)\w+`/g,
    '$1build-script-build`',
  );
  return changed === log ? null : changed;
}

export interface GoodtimesSays {
  /** Packages, and those of them that it has a time for. */
  readonly packages: number;
  readonly timed: number;
  /** Of the durations along its path. */
  readonly criticalPathSeconds: number;
  readonly path: readonly string[];
}

/** The page that it writes: `target/cargo-goodtimes/index.html`. */
export function readGoodtimes(html: string): GoodtimesSays {
  const text = /window\.__GRAPH_DATA__ = (\{.*?\})\s*;?\s*<\/script>/s.exec(html)?.[1];
  if (text === undefined) throw new Error('no graph in the page of cargo-goodtimes');
  const graph = JSON.parse(text) as {
    nodes: { [id: string]: { name: string; duration_ms: number | null } };
    critical_path: string[];
  };
  const nodes = Object.values(graph.nodes);
  const onPath = graph.critical_path.map(id => graph.nodes[id]!);
  return {
    packages: nodes.length,
    timed: nodes.filter(node => node.duration_ms !== null).length,
    criticalPathSeconds: onPath.reduce((sum, node) => sum + (node.duration_ms ?? 0), 0) / 1000,
    path: onPath.map(node => node.name),
  };
}
