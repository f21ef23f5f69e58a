export type VerbName = 'all' | 'build' | 'tune' | 'async' | 'collect' | 'explain' | 'help';

interface VerbSpec {
  readonly name: VerbName;
  /** What is typed after `cargo assay`. */
  readonly usage: string;
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly string[];
  readonly takesFlags: boolean;
}

/** What follows the verb `build`; it has flags of its own. */
export const diffSpec = {
  usage: 'build diff BEFORE AFTER…',
  summary: 'What got slower or faster between two builds',
  description:
    'Compares JSON reports of `cargo assay build`, made before and after a change: wall time, CPU time, critical path, floor,\nand each unit (matched by package, target and mode). Of several files the first is before the change, all others after it.\n\nSeveral reports of one side measure the noise: a difference is told where the ranges of the two sides do not overlap.\nA run is a build in an empty target directory: use a new --target-dir for each, and take the sides in turn.',
  examples: [
    'cargo assay build diff before.json after.json',
    'cargo assay build diff --before a1.json --before a2.json --before a3.json \\\n      --after b1.json --after b2.json --after b3.json --fail-on-slower 5',
    'cargo assay build diff main.json branch.json --format markdown -o comment.md',
  ],
} as const;

/** In the order in which `--help` lists them. `all` is the verb that is not typed. */
export const verbs: readonly VerbSpec[] = [
  {
    name: 'all',
    usage: '[PATH]',
    summary: 'All areas that apply to the workspace, one report',
    description:
      'One instrumented build of the workspace in target/assay gives the facts for the async rules and the build’s timeline.',
    examples: ['cargo assay', 'cargo assay ../service --format html -o report.html'],
    takesFlags: true,
  },
  {
    name: 'build',
    usage: 'build [PATH]',
    summary: 'Where the time of a build goes, what its floor is, what would change it',
    description:
      'Builds the workspace once in target/assay, as `cargo build` would, and shows, for each unit, its start, frontend,\ncodegen and link time, its features and why it was rebuilt; the critical path that was observed; wall time, CPU time\nand parallelism; the least that the build could take; and what is done twice. With --inside rustc is profiled in every\ncrate: where its time goes, by phase, query and macro.\n\nThe build is replayed by a simulator of cargo’s queue, which says how far it was off. --what-if asks it (several at once:\n`jobs=8 + no-link`):\n\n    jobs=8, cores=8             other numbers of jobs and cores, or `unlimited`\n    without=serde_derive        the package is gone, and with it what nothing else needs\n    faster=syn:2, split=app:3   units in half of the time; a crate in three parts that do not need each other\n    relax=app->slow             app does not wait for slow\n    features=a,b                these features of the workspace and no others\n    no-build-scripts, no-codegen, no-link, critical-path-first',
    examples: [
      'cargo assay build',
      'cargo assay build --release -p server',
      'cargo assay build --advise',
      "cargo assay build --what-if jobs=8 --what-if 'without=serde_derive + no-link'",
      'cargo assay build --scenario no-op --scenario edit:src/lib.rs',
      'cargo assay build --prove',
      'cargo assay build --edits',
      'cargo assay build --inside',
      'cargo assay build --format html -o build.html',
      'cargo assay build --format summary >> "$GITHUB_STEP_SUMMARY"',
      'cargo assay build --format prometheus -o assay.prom',
      'cargo assay build --format trace -o trace.json    for ui.perfetto.dev',
      'cargo assay build diff before.json after.json     see `cargo assay build diff --help`',
    ],
    takesFlags: true,
  },
  {
    name: 'tune',
    usage: 'tune [PATH]',
    summary: 'Measures settings by experiment and offers the patch that won',
    description:
      'Builds two copies of the workspace in target/assay in turn, one as it is and one with other settings, in the order ABBA or\nBAAB; a control of today’s settings against themselves says what is noise. The settings that gained anything are\nmeasured again, the winners as a whole. A setting is faster where its interval lies beyond the noise.\n\nNothing is written outside target/assay but with --apply. A run that was ended goes on where it stopped.',
    examples: [
      'cargo assay tune',
      'cargo assay tune --scenario clean --scenario edit:src/lib.rs --scenario test --budget 1h',
      'cargo assay tune --keep backtraces --keep stable-toolchain    give up the rest',
      'cargo assay tune --try linker-mold --scenario edit:src/main.rs',
      'cargo assay tune --apply',
      'cargo assay tune --undo',
      'cargo assay tune --format json -o tune.json',
    ],
    takesFlags: true,
  },
  {
    name: 'async',
    usage: 'async [PATH]',
    summary: 'Async hazards that the type checker does not see',
    description:
      'Checks the workspace in target/assay (as `cargo check` does) and judges the compiler’s own control-flow graphs.\n\nWith --watch each line is one JSON object: first `report`, then `watching`, and after each change of the sources\n`changed` (findings added and updated, fingerprints removed) or `failed` (it does not compile). Ctrl-C ends it.',
    examples: [
      'cargo assay async',
      'cargo assay async --workspace --fail-on warning --baseline assay-baseline.json',
      'cargo assay async --all-targets',
      'cargo assay async --audit --format html -o audit.html',
      'cargo assay async --require-audited',
      'cargo assay async --format sarif -o assay.sarif',
      'cargo assay async --watch --format json',
    ],
    takesFlags: true,
  },
  {
    name: 'collect',
    usage: 'collect -o FILE [PATH]',
    summary: 'Record the evidence in one compressed file, to judge it elsewhere',
    description:
      'Records what the tools said (MIR, build events, messages, versions, commands, the sources that they name) in one file.\nJudging it with --from gives the same report as judging the workspace itself.',
    examples: ['cargo assay collect -o evidence.assay', 'cargo assay --from evidence.assay'],
    takesFlags: true,
  },
  {
    name: 'explain',
    usage: 'explain RULE',
    summary: 'What a rule finds, why it matters, what it cannot see',
    description: 'Prints a rule’s page. Without a rule: the list of rules.',
    examples: ['cargo assay explain async/guard-held-across-await', 'cargo assay explain'],
    takesFlags: false,
  },
];
