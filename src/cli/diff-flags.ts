import { type FlagSpec, parseWords, UsageError } from './flags.ts';

export type DiffFormat = 'text' | 'json' | 'markdown';

export interface DiffFlags {
  /** Files, as typed; each side has at least one. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Null: by the extension of the output file, else text. */
  readonly format: DiffFormat | null;
  readonly output: string | null;
  /** Percent of the wall time before; null: nothing fails. */
  readonly failOnSlower: number | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

const formats: readonly DiffFormat[] = ['text', 'json', 'markdown'];

/** In the order in which `--help` lists them. */
export const diffFlagSpecs: readonly FlagSpec[] = [
  {
    name: 'before',
    value: 'FILE',
    multiple: true,
    help: 'A report of a build before the change; several measure the noise',
    group: 'Reports',
  },
  {
    name: 'after',
    value: 'FILE',
    multiple: true,
    help: 'A report of a build after it',
    group: 'Reports',
  },
  {
    name: 'format',
    value: 'FORMAT',
    help: 'text, json or markdown [default: by FILE’s extension, else text]',
    group: 'Comparison',
  },
  { name: 'output', short: 'o', value: 'FILE', help: 'Write the comparison to FILE', group: 'Comparison' },
  {
    name: 'fail-on-slower',
    value: 'PERCENT',
    help: 'Exit with 1 where the wall time is slower by more, beyond the noise',
    group: 'Comparison',
  },
  { name: 'quiet', short: 'q', help: 'One line: the wall time', group: 'Common' },
  { name: 'verbose', short: 'v', help: 'Every unit', group: 'Common' },
  { name: 'color', value: 'WHEN', help: 'auto, always or never [default: auto]', group: 'Common' },
  { name: 'help', short: 'h', help: 'Print this help', group: 'Common' },
];

/**
 * Reads the arguments of `assay build diff`. Null where help is asked for.
 * @throws UsageError for what cannot be carried out as written.
 */
export function parseDiffFlags(args: readonly string[]): DiffFlags | null {
  const { flag, text, list, oneOf, positionals } = parseWords(args, diffFlagSpecs);
  if (flag('help')) return null;
  const named = { before: list('before'), after: list('after') };
  const anyNamed = named.before.length + named.after.length > 0;
  if (anyNamed && positionals.length > 0)
    throw new UsageError(
      `\`${positionals[0]}\` is on no side`,
      'with --before and --after every report is named by one of them',
    );
  const before = anyNamed ? named.before : positionals.slice(0, 1);
  const after = anyNamed ? named.after : positionals.slice(1);
  if (before.length === 0 || after.length === 0)
    throw new UsageError(
      anyNamed
        ? `no report is given with \`--${before.length === 0 ? 'before' : 'after'}\``
        : '`assay build diff` needs two reports',
      '`cargo assay build --format json -o before.json` writes one; a folder named `diff` is `./diff`',
    );
  const percent = text('fail-on-slower');
  if (percent !== null && !/^\d+(\.\d+)?%?$/.test(percent))
    throw new UsageError(`\`--fail-on-slower ${percent}\`: expected a number of percent`);
  return {
    before,
    after,
    format: text('format') === null ? null : oneOf('format', formats),
    output: text('output'),
    failOnSlower: percent === null ? null : Number.parseFloat(percent),
    quiet: flag('quiet'),
    verbose: flag('verbose'),
    color: text('color') === null ? 'auto' : oneOf('color', ['auto', 'always', 'never'] as const),
  };
}
