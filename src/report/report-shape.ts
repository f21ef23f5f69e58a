/**
 * The order of keys in a JSON report: that of the model's types. Two reports that say the same are then equal byte for
 * byte, however their objects were built. A test keeps this in step with the published schema.
 */
export type Shape =
  | 'leaf'
  | { readonly listOf: Shape }
  | { readonly keys: { readonly [key: string]: Shape } };

const location: Shape = leaves('file', 'startLine', 'startColumn', 'endLine', 'endColumn');

export const findingShape: Shape = {
  keys: {
    ...leaves('rule', 'severity', 'confidence', 'message', 'function', 'package').keys,
    location,
    label: 'leaf',
    steps: { listOf: { keys: { location, message: 'leaf' } } },
    notes: 'leaf',
    help: 'leaf',
    evidence: { listOf: leaves('kind', 'what') },
    fingerprint: 'leaf',
    suppressed: { keys: { reason: 'leaf', location } },
    baseline: 'leaf',
  },
};

const treeNode: { keys: { [key: string]: Shape } } = { keys: { ...leaves('label', 'value', 'unit').keys } };
treeNode.keys.children = { listOf: treeNode };

const interval = leaves('name', 'startSeconds', 'endSeconds');

/** All kinds of blocks at once: no key has two places. */
const block: Shape = {
  keys: {
    ...leaves('kind', 'title').keys,
    measures: { listOf: leaves('label', 'value', 'unit', 'note') },
    columns: { listOf: leaves('title', 'unit') },
    rows: 'leaf',
    shown: 'leaf',
    durationSeconds: 'leaf',
    bars: {
      listOf: {
        keys: {
          ...leaves('id', 'label', 'detail', 'startSeconds', 'endSeconds').keys,
          segments: { listOf: interval },
          ...leaves('critical', 'member', 'features', 'reason', 'waitedFor').keys,
        },
      },
    },
    concurrency: { listOf: leaves('atSeconds', 'active') },
    roots: { listOf: treeNode },
    lines: 'leaf',
  },
};

const section = { keys: { title: 'leaf', summary: 'leaf', blocks: { listOf: block } } } satisfies Shape;

const buildSection: Shape = {
  keys: {
    ...section.keys,
    ...leaves('wallSeconds', 'cpuSeconds', 'jobs', 'cores', 'criticalPathSeconds', 'floorSeconds').keys,
    replay: leaves('predictedSeconds', 'lowSeconds', 'highSeconds', 'errorPercent', 'startErrorPercent'),
    machine: leaves(
      ...['slots', 'cores', 'frontendPace', 'codegenPace', 'codegenParallel'],
      ...['handOverSeconds', 'beforeSeconds', 'afterSeconds', 'basis'],
    ),
    units: {
      listOf: leaves(
        ...['package', 'version', 'target', 'mode', 'startSeconds', 'durationSeconds', 'frontendSeconds'],
        ...['codegenSeconds', 'linkSeconds', 'cpuSeconds', 'peakMemoryBytes', 'critical', 'member'],
        ...['dependencies', 'linked', 'pipelined', 'work', 'codegenUnits', 'parallel', 'ownThreads'],
      ),
    },
    whatIf: {
      listOf: leaves('change', 'predictedSeconds', 'lowSeconds', 'highSeconds', 'effort', 'note'),
    },
    scenarios: {
      listOf: leaves(
        ...['scenario', 'command', 'runs', 'wallSeconds', 'lowSeconds', 'highSeconds', 'cpuSeconds'],
        ...['firstDiagnosticSeconds', 'artifactsMade', 'artifactsFresh', 'changed'],
      ),
    },
    edits: {
      listOf: leaves(
        ...['file', 'package', 'commits', 'unitsRebuilt', 'mostSeconds', 'measuredSeconds', 'totalSeconds'],
      ),
    },
    waste: { listOf: leaves('kind', 'what', 'because', 'workSeconds', 'wallSeconds', 'proof') },
  },
};

const tuneTrial = leaves('settings', 'scenario', 'pairs', 'ratio', 'low', 'high', 'verdict');

const tuneSection: Shape = {
  keys: {
    ...section.keys,
    scenarios: { listOf: leaves('scenario', 'todaySeconds', 'noisePercent') },
    trials: { listOf: tuneTrial },
    best: { keys: { settings: 'leaf', results: { listOf: tuneTrial }, patch: 'leaf' } },
  },
};

export const reportShape: Shape = {
  keys: {
    schema: 'leaf',
    assay: leaves('version'),
    workspace: leaves('root', 'members', 'rustc', 'cargo', 'host'),
    findings: { listOf: findingShape },
    build: buildSection,
    tune: tuneSection,
    async: section,
    certify: section,
    embed: section,
    unknowns: { listOf: leaves('area', 'what', 'why', 'count') },
    failures: { listOf: leaves('tool', 'message', 'output') },
    provenance: { listOf: leaves('tool', 'version', 'command', 'seconds', 'exitCode') },
    excerpts: { listOf: leaves('file', 'startLine', 'lines') },
    notices: 'leaf',
  },
};

/** `value` with its keys in the shape's order; keys that the shape does not know follow, sorted. */
export function inShapeOrder(value: unknown, shape: Shape): unknown {
  if (shape === 'leaf' || value === null || typeof value !== 'object') return value;
  if ('listOf' in shape)
    return Array.isArray(value) ? value.map(item => inShapeOrder(item, shape.listOf)) : value;
  const entries = new Map(Object.entries(value));
  const ordered: [string, unknown][] = [];
  for (const [key, shapeOfKey] of Object.entries(shape.keys)) {
    if (entries.has(key)) ordered.push([key, inShapeOrder(entries.get(key), shapeOfKey)]);
    entries.delete(key);
  }
  for (const key of [...entries.keys()].sort()) ordered.push([key, entries.get(key)]);
  return Object.fromEntries(ordered);
}

function leaves(...names: readonly string[]): { readonly keys: { readonly [key: string]: Shape } } {
  return { keys: Object.fromEntries(names.map(name => [name, 'leaf' as const])) };
}
