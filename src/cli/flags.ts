import { parseArgs } from 'node:util';

/**
 * The command line. Parsed by Node's own strict `parseArgs`: unknown flags must be refused and `-p a -p b` must repeat,
 * and cargo's `--no-default-features` must not be read as a negation.
 */
export interface Flags {
  readonly path: string | null;
  readonly manifestPath: string | null;
  readonly packages: readonly string[];
  readonly workspace: boolean;
  readonly exclude: readonly string[];
  /** `--lib`, `--bin NAME`, `--all-targets`, … in cargo's words, one word each. */
  readonly targets: readonly string[];
  readonly features: readonly string[];
  readonly allFeatures: boolean;
  readonly noDefaultFeatures: boolean;
  readonly target: string | null;
  readonly profile: string | null;
  readonly release: boolean;
  readonly targetDir: string | null;
  readonly offline: boolean;
  readonly locked: boolean;
  readonly frozen: boolean;
  readonly jobs: string | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: 'auto' | 'always' | 'never';
  /** Null: by the extension of the output file, else text. */
  readonly format: OutputFormat | null;
  readonly output: string | null;
  readonly failOn: FailOn;
  readonly baseline: string | null;
  readonly writeBaseline: string | null;
  readonly from: string | null;
  /** Judge again after each change of the sources. */
  readonly watch: boolean;
  /** Every place where futures are dropped, spawned or locks taken, with its verdict. */
  readonly audit: boolean;
  readonly requireAudited: boolean;
  /** Read the dependencies' MIR too. */
  readonly deep: boolean;
  /** Changes of which the build is predicted. */
  readonly whatIf: readonly string[];
  readonly scenario: readonly string[];
  readonly prove: boolean;
  readonly edits: boolean;
  /** The changes worth most. */
  readonly advise: boolean;
  /** Profile rustc itself. */
  readonly inside: boolean;
  /** Folder for what rustc did, interval by interval; only with `inside`. */
  readonly traces: string | null;
  /** Lines that the report carries as notices. */
  readonly notes: readonly string[];
  /** What a setting may not cost; empty: the safe default. */
  readonly keep: readonly string[];
  readonly budget: string | null;
  /** Only these settings. */
  readonly try: readonly string[];
  readonly again: boolean;
  readonly apply: boolean;
  readonly undo: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

export type OutputFormat =
  | 'text'
  | 'json'
  | 'sarif'
  | 'markdown'
  | 'html'
  | 'summary'
  | 'prometheus'
  | 'trace'
  | 'speedscope';
export type FailOn = 'error' | 'warning' | 'note' | 'never';

export const outputFormats: readonly OutputFormat[] = [
  ...(['text', 'json', 'sarif', 'markdown', 'html', 'summary', 'prometheus'] as const),
  ...(['trace', 'speedscope'] as const),
];
export const failOnLevels: readonly FailOn[] = ['error', 'warning', 'note', 'never'];

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  /** The name of its value in the help; absent for switches. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
  readonly group:
    | 'Report'
    | 'Tuning'
    | 'Reports'
    | 'Comparison'
    | 'Package selection'
    | 'Target selection'
    | 'Features'
    | 'Compilation'
    | 'Manifest'
    | 'Common';
}

/** In the order in which `--help` lists them. */
export const flagSpecs: readonly FlagSpec[] = [
  {
    name: 'format',
    value: 'FORMAT',
    help: 'text, json, sarif, markdown, html; summary (a line of Markdown), prometheus; of a build trace\n(Chrome’s), speedscope [default: by FILE’s extension, else text]',
    group: 'Report',
  },
  { name: 'output', short: 'o', value: 'FILE', help: 'Write the report to FILE', group: 'Report' },
  {
    name: 'fail-on',
    value: 'LEVEL',
    help: 'Exit with 1 from this severity on: error, warning, note, never [default: error]',
    group: 'Report',
  },
  {
    name: 'baseline',
    value: 'FILE',
    help: 'Let only findings that are not in FILE fail the run',
    group: 'Report',
  },
  {
    name: 'write-baseline',
    value: 'FILE',
    help: 'Write the findings of this run as a baseline',
    group: 'Report',
  },
  {
    name: 'note',
    value: 'TEXT',
    multiple: true,
    help: 'A line of yours that the report carries, e.g. the number of the CI run',
    group: 'Report',
  },
  {
    name: 'watch',
    help: 'With --format json: judge again after each change, a line of JSON each (async)',
    group: 'Report',
  },
  { name: 'from', value: 'FILE', help: 'Judge evidence recorded by `assay collect`', group: 'Report' },
  {
    name: 'audit',
    help: 'List every select!, timeout, task and lock with its verdict (async)',
    group: 'Report',
  },
  {
    name: 'require-audited',
    help: 'Fail on a select! or timeout that is neither proved nor allowed (async)',
    group: 'Report',
  },
  {
    name: 'deep',
    help: 'Read the MIR of dependencies too: what blocks in them, what their futures lose (async)',
    group: 'Report',
  },
  {
    name: 'what-if',
    value: 'CHANGE',
    multiple: true,
    help: 'Predict the build with a change: jobs=8, cores=8, without=PACKAGE, faster=PACKAGE:2, split=PACKAGE:2, … (build)',
    group: 'Report',
  },
  {
    name: 'scenario',
    value: 'SCENARIO',
    multiple: true,
    help: 'Measure this too: clean, check, test, release, no-op, edit:FILE, edit-api:FILE (build)',
    group: 'Report',
  },
  {
    name: 'edits',
    help: 'What edits cost: how often git saw each file change, times what that builds again (build)',
    group: 'Report',
  },
  {
    name: 'prove',
    help: 'Compile without each dependency and feature that seems unused, on a copy (build)',
    group: 'Report',
  },
  { name: 'advise', help: 'The changes worth most for their effort (build)', group: 'Report' },
  {
    name: 'inside',
    help: 'Profile rustc itself: time by phase, query, macro and generic function (build)',
    group: 'Report',
  },
  {
    name: 'traces',
    value: 'DIRECTORY',
    help: 'With --inside: what rustc did in each member, for speedscope and Perfetto (build)',
    group: 'Report',
  },
  {
    name: 'keep',
    value: 'WHAT',
    multiple: true,
    help: 'What no setting may cost: debuginfo, dependency-debuginfo, backtraces, unwinding, stable-toolchain,\nrelease-code, or nothing [default: all but dependency-debuginfo] (tune)',
    group: 'Tuning',
  },
  {
    name: 'budget',
    value: 'TIME',
    help: 'Time for the experiment: 90s, 15m, 2h [default: 15m] (tune)',
    group: 'Tuning',
  },
  { name: 'try', value: 'SETTING', multiple: true, help: 'Try only this setting (tune)', group: 'Tuning' },
  { name: 'again', help: 'Forget what was measured before (tune)', group: 'Tuning' },
  {
    name: 'apply',
    help: 'Write the best settings into Cargo.toml and .cargo/config.toml (tune)',
    group: 'Tuning',
  },
  { name: 'undo', help: 'Take back what --apply wrote last (tune)', group: 'Tuning' },
  {
    name: 'package',
    short: 'p',
    value: 'SPEC',
    multiple: true,
    help: 'Package to look at (as cargo)',
    group: 'Package selection',
  },
  { name: 'workspace', help: 'All packages of the workspace', group: 'Package selection' },
  {
    name: 'exclude',
    value: 'SPEC',
    multiple: true,
    help: 'Leave packages out (with --workspace)',
    group: 'Package selection',
  },
  {
    name: 'all-targets',
    help: 'Tests, examples and benches too; what only tests meet is a note',
    group: 'Target selection',
  },
  { name: 'lib', help: 'Only the library', group: 'Target selection' },
  { name: 'bins', help: 'All binaries', group: 'Target selection' },
  { name: 'bin', value: 'NAME', multiple: true, help: 'This binary', group: 'Target selection' },
  { name: 'examples', help: 'All examples', group: 'Target selection' },
  { name: 'example', value: 'NAME', multiple: true, help: 'This example', group: 'Target selection' },
  { name: 'tests', help: 'All targets that have tests', group: 'Target selection' },
  { name: 'test', value: 'NAME', multiple: true, help: 'This test target', group: 'Target selection' },
  { name: 'benches', help: 'All targets that have benches', group: 'Target selection' },
  { name: 'bench', value: 'NAME', multiple: true, help: 'This bench target', group: 'Target selection' },
  {
    name: 'features',
    short: 'F',
    value: 'FEATURES',
    multiple: true,
    help: 'Features to activate',
    group: 'Features',
  },
  { name: 'all-features', help: 'Activate all features', group: 'Features' },
  { name: 'no-default-features', help: 'Do not activate the default feature', group: 'Features' },
  { name: 'release', help: 'Build with the release profile', group: 'Compilation' },
  { name: 'profile', value: 'PROFILE', help: 'Build with this profile', group: 'Compilation' },
  { name: 'target', value: 'TRIPLE', help: 'Build for the target triple', group: 'Compilation' },
  {
    name: 'target-dir',
    value: 'DIRECTORY',
    help: 'Keep Assay’s files in DIRECTORY/assay',
    group: 'Compilation',
  },
  { name: 'jobs', short: 'j', value: 'N', help: 'Number of parallel jobs', group: 'Compilation' },
  { name: 'manifest-path', value: 'PATH', help: 'Path to Cargo.toml', group: 'Manifest' },
  { name: 'locked', help: 'Require that Cargo.lock stays as it is', group: 'Manifest' },
  { name: 'offline', help: 'Run without the network', group: 'Manifest' },
  { name: 'frozen', help: 'Same as --locked and --offline', group: 'Manifest' },
  { name: 'quiet', short: 'q', help: 'No progress; findings only', group: 'Common' },
  { name: 'verbose', short: 'v', help: 'Every note, and what was run', group: 'Common' },
  { name: 'color', value: 'WHEN', help: 'auto, always or never [default: auto]', group: 'Common' },
  { name: 'version', short: 'V', help: 'Print the version', group: 'Common' },
  { name: 'help', short: 'h', help: 'Print this help', group: 'Common' },
];

/** A request that cannot be carried out as written; ends the run with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly help: string | null;
  constructor(message: string, help: string | null = null) {
    super(message);
    this.help = help;
  }
}

/**
 * Reads the arguments of a verb (without the verb itself).
 * @throws UsageError for unknown flags, missing or bad values, and more than one path.
 */
export function parseFlags(args: readonly string[]): Flags {
  const { flag, text, list, oneOf, positionals } = parseWords(args, flagSpecs);
  if (positionals.length > 1) {
    throw new UsageError(`one path at most: got ${positionals.map(path => `\`${path}\``).join(', ')}`);
  }
  const flags: Flags = {
    path: positionals[0] ?? null,
    manifestPath: text('manifest-path'),
    packages: list('package'),
    workspace: flag('workspace'),
    exclude: list('exclude'),
    targets: targetWords(flag, list),
    features: list('features'),
    allFeatures: flag('all-features'),
    noDefaultFeatures: flag('no-default-features'),
    target: text('target'),
    profile: text('profile'),
    release: flag('release'),
    targetDir: text('target-dir'),
    offline: flag('offline'),
    locked: flag('locked'),
    frozen: flag('frozen'),
    jobs: text('jobs'),
    quiet: flag('quiet'),
    verbose: flag('verbose'),
    color: text('color') === null ? 'auto' : oneOf('color', ['auto', 'always', 'never'] as const),
    format: text('format') === null ? null : oneOf('format', outputFormats),
    output: text('output'),
    failOn: text('fail-on') === null ? 'error' : oneOf('fail-on', failOnLevels),
    baseline: text('baseline'),
    writeBaseline: text('write-baseline'),
    from: text('from'),
    watch: flag('watch'),
    audit: flag('audit'),
    requireAudited: flag('require-audited'),
    deep: flag('deep'),
    whatIf: list('what-if'),
    scenario: list('scenario'),
    prove: flag('prove'),
    edits: flag('edits'),
    advise: flag('advise'),
    inside: flag('inside'),
    traces: text('traces'),
    notes: list('note'),
    keep: list('keep'),
    budget: text('budget'),
    try: list('try'),
    again: flag('again'),
    apply: flag('apply'),
    undo: flag('undo'),
    help: flag('help'),
    version: flag('version'),
  };
  if (flags.jobs !== null && !/^-?[1-9]\d*$|^default$/.test(flags.jobs)) {
    throw new UsageError(`\`--jobs ${flags.jobs}\`: expected a number of jobs`);
  }
  if (flags.path !== null && flags.manifestPath !== null) {
    throw new UsageError('a path and `--manifest-path` name the workspace twice');
  }
  return flags;
}

/** The values of the flags by their names, and what is no flag. */
export interface ParsedWords {
  readonly flag: (name: string) => boolean;
  readonly text: (name: string) => string | null;
  readonly list: (name: string) => string[];
  /** @throws UsageError where the value is none of those. */
  readonly oneOf: <T extends string>(name: string, allowed: readonly T[]) => T;
  readonly positionals: readonly string[];
}

/** @throws UsageError for unknown flags and missing values. */
export function parseWords(args: readonly string[], specs: readonly FlagSpec[]): ParsedWords {
  const options = Object.fromEntries(
    specs.map(spec => [
      spec.name,
      {
        type: spec.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(spec.short === undefined ? {} : { short: spec.short }),
        ...(spec.multiple === true ? { multiple: true } : {}),
      },
    ]),
  );
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as typeof parsed;
  } catch (error) {
    throw usageErrorFrom(error as Error & { code?: string }, specs);
  }
  const { values, positionals } = parsed;
  return {
    flag: name => values[name] === true,
    text: name => (values[name] as string | undefined) ?? null,
    list: name => (values[name] as string[] | undefined) ?? [],
    oneOf: (name, allowed) => {
      const found = allowed.find(candidate => candidate === values[name]);
      if (found === undefined)
        throw new UsageError(`\`--${name} ${values[name]}\`: expected ${allowed.join(', ')}`);
      return found;
    },
    positionals,
  };
}

/** As cargo takes them, in the order of the help. */
function targetWords(flag: (name: string) => boolean, list: (name: string) => string[]): string[] {
  return flagSpecs
    .filter(({ group }) => group === 'Target selection')
    .flatMap(({ name, value }) => {
      if (value === undefined) return flag(name) ? [`--${name}`] : [];
      return list(name).flatMap(target => [`--${name}`, target]);
    });
}

function usageErrorFrom(error: Error & { code?: string }, specs: readonly FlagSpec[]): UsageError {
  const unknown = /Unknown option '(-[^']*)'/.exec(error.message)?.[1];
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && unknown !== undefined) {
    const near = nearestFlag(unknown, specs);
    return new UsageError(
      `unexpected argument \`${unknown}\``,
      near === null ? null : `did you mean \`${near}\`?`,
    );
  }
  const missing =
    /Option '([^']*?)(?: <value>)?' argument missing|Option '([^']*?)' argument is ambiguous/.exec(
      error.message,
    );
  const name = missing?.[1] ?? missing?.[2];
  if (name !== undefined) return new UsageError(`\`${name}\` needs a value`);
  return new UsageError(error.message.split('\n')[0] ?? error.message);
}

/** The known flag within two edits of what was typed, as a reader would guess it. */
function nearestFlag(typed: string, specs: readonly FlagSpec[]): string | null {
  let best: { name: string; distance: number } | null = null;
  for (const spec of specs) {
    const distance = editDistance(typed.replace(/^-+/, ''), spec.name);
    if (best === null || distance < best.distance) best = { name: `--${spec.name}`, distance };
  }
  return best !== null && best.distance <= 2 ? best.name : null;
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution));
    }
    row = next;
  }
  return row[b.length]!;
}
