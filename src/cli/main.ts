import { parseFlags, UsageError } from './flags.ts';
import { type VerbName, verbs } from './verbs.ts';

/** Exit codes of PRODUCT's contract. */
const exitUsage = 2;
const exitTool = 3;

/**
 * The entry of both bins. cargo calls `cargo-assay assay …`: the word is dropped.
 * Everything that a verb needs is imported only when that verb runs, so that `--help` starts at once.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const args = argv[0] === 'assay' ? argv.slice(1) : [...argv];
  try {
    const { verb, rest } = splitVerb(args);
    if (verb === 'help') return await printHelp(rest.slice(0, 2).join(' ') || null);
    if (verb === 'explain') return await explain(rest);
    if (verb === 'build' && rest[0] === 'diff') {
      const { runBuildDiff } = await import('./build-diff.ts');
      return await runBuildDiff(rest.slice(1));
    }
    const flags = parseFlags(rest);
    if (flags.version) return await printVersion();
    if (flags.help) return await printHelp(verb === 'all' ? null : verb);
    const { runVerb } = await import('./run-verb.ts');
    return await runVerb(verb, flags);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`error: ${error.message}\n`);
      if (error.help !== null) process.stderr.write(`  help: ${error.help}\n`);
      process.stderr.write('\nFor the flags, try `cargo assay --help`.\n');
      return exitUsage;
    }
    return reportUnexpected(error);
  }
}

async function explain(rest: readonly string[]): Promise<number> {
  if (rest.includes('--help') || rest.includes('-h')) return await printHelp('explain');
  const { runExplain } = await import('./explain.ts');
  return await runExplain(rest);
}

function splitVerb(args: readonly string[]): { verb: VerbName; rest: readonly string[] } {
  const first = args[0];
  if (first === 'help') return { verb: 'help', rest: args.slice(1) };
  const known = verbs.find(verb => verb.name === first && verb.name !== 'all');
  return known === undefined ? { verb: 'all', rest: args } : { verb: known.name, rest: args.slice(1) };
}

async function printHelp(name: string | null): Promise<number> {
  const { diffHelp, mainHelp, verbHelp } = await import('./help.ts');
  if (name === 'build diff') {
    process.stdout.write(diffHelp());
    return 0;
  }
  const verb = verbs.find(candidate => candidate.name === name && candidate.name !== 'all');
  if (name !== null && verb === undefined) throw new UsageError(`\`${name}\` is not a verb of Assay`);
  const { version } = await import('./version.ts');
  process.stdout.write(verb === undefined ? mainHelp(version) : verbHelp(verb.name));
  return 0;
}

async function printVersion(): Promise<number> {
  const { version } = await import('./version.ts');
  process.stdout.write(`cargo-assay ${version}\n`);
  return 0;
}

/** A defect of Assay, not of the request: one line for the reader, the stack only on request. */
function reportUnexpected(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: Assay failed where it should not: ${message}\n`);
  if (process.env.ASSAY_BACKTRACE === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else process.stderr.write('  help: ASSAY_BACKTRACE=1 shows where; please report it\n');
  return exitTool;
}
