/**
 * A rule's `cases.md`: prose, and fenced Rust blocks that are crates. In a block's info string: `doc` (printed on the
 * rule's page), `edition=2024` (default 2021), `deps=tokio,parking_lot` (registry crates that it needs), `crate=name`
 * (a library that later blocks of its section name with `extern=name`), `target=bin` (the unit's kind, default `lib`),
 * `sizes` (the compiler's sizes of futures are recorded too). `//~ rule-name`, with a severity behind it where
 * it is not `error`, marks the line of an expected finding.
 */
export interface RuleCase {
  /** File-name-safe and unique: the section's title and the block's number in it. */
  readonly name: string;
  readonly title: string;
  /** Paragraphs of the section before the block. */
  readonly prose: string;
  readonly doc: boolean;
  readonly edition: string;
  readonly deps: readonly string[];
  /** Crate name when the block is a library for others. */
  readonly crate: string | null;
  readonly extern: string | null;
  readonly target: string;
  readonly sizes: boolean;
  /** As written, with the markers; see `caseSource` for what is added. */
  readonly code: string;
  readonly expected: readonly { readonly line: number; readonly severity: string }[];
}

/** `ruleName` is the name without its area. */
export function parseCases(markdown: string, ruleName: string): RuleCase[] {
  const cases: RuleCase[] = [];
  const lines = markdown.split('\n');
  let title = '';
  let prose: string[] = [];
  let ordinal = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line.startsWith('#')) {
      title = line.replace(/^#+ /, '');
      prose = [];
      ordinal = 0;
    } else if (line.startsWith('```rust')) {
      const end = lines.indexOf('```', i + 1);
      const code = lines.slice(i + 1, end < 0 ? undefined : end);
      const info = line.slice('```rust'.length).trim().split(/\s+/);
      const option = (key: string) =>
        info.find(word => word.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
      ordinal++;
      cases.push({
        name: `${slug(title)}${ordinal === 1 ? '' : `-${ordinal}`}`,
        title,
        prose: prose.join('\n').trim(),
        doc: info.includes('doc'),
        edition: option('edition') ?? '2021',
        deps: option('deps')?.split(',') ?? [],
        crate: option('crate'),
        extern: option('extern'),
        target: option('target') ?? 'lib',
        sizes: info.includes('sizes'),
        code: `${code.join('\n')}\n`,
        expected: code.flatMap((text, index) => {
          const marker = new RegExp(`//~ ${ruleName}\\b ?(\\w+)?`).exec(text);
          return marker === null ? [] : [{ line: index + 1, severity: marker[1] ?? 'error' }];
        }),
      });
      prose = [];
      i = end < 0 ? lines.length : end;
    } else prose.push(line);
  }
  return cases;
}

/** What is compiled: the block, a future for it to await, and a way to use a value that leaves little MIR. */
export function caseSource({ code }: RuleCase): string {
  return `${code}async fn io() {}\nfn see<T: ?Sized>(_: &T) {}\n`;
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
