import type { Finding } from '#model/finding.ts';

type Unprinted = Omit<Finding, 'fingerprint'>;

/**
 * Gives each finding its fingerprint: 16 hex digits of FNV-1a (64 bit) over the rule, the function without line
 * numbers, the text of the primary line without its indentation, and, among findings that agree in all of these, its
 * ordinal in source order. So moving code, or editing elsewhere, keeps it; editing the line itself does not.
 * `readSource` gives a file's text, or null where it is not known.
 */
export function withFingerprints(
  findings: readonly Unprinted[],
  readSource: (file: string) => string | null,
): Finding[] {
  const inSourceOrder = findings
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => compareLocations(a.finding, b.finding) || a.index - b.index);
  const ordinals = new Map<string, number>();
  const lines = new Map<string, readonly string[]>();
  const printed: Finding[] = new Array(findings.length);
  for (const { finding, index } of inSourceOrder) {
    const identity = [
      finding.rule,
      stableFunction(finding.function ?? ''),
      primaryLine(finding, readSource, lines),
    ].join('\n');
    const ordinal = ordinals.get(identity) ?? 0;
    ordinals.set(identity, ordinal + 1);
    printed[index] = { ...finding, fingerprint: fnv1a64(`${identity}\n${ordinal}`) };
  }
  return printed;
}

/** `<impl at src/a.rs:8:1: 8:15>` and `{closure@src/a.rs:3:4: 3:9}` name lines, which unrelated edits move. */
function stableFunction(name: string): string {
  return name.replace(/ at [^<>]*?:\d+:\d+: \d+:\d+>/g, '>').replace(/@[^{}]*?:\d+:\d+: \d+:\d+}/g, '}');
}

function primaryLine(
  finding: Unprinted,
  readSource: (file: string) => string | null,
  lines: Map<string, readonly string[]>,
): string {
  const { file, startLine } = finding.location;
  let known = lines.get(file);
  if (known === undefined) {
    known = readSource(file)?.split('\n') ?? [];
    lines.set(file, known);
  }
  return `${file.split('/').at(-1)}\n${(known[startLine - 1] ?? '').trim().replace(/\s+/g, ' ')}`;
}

function compareLocations(a: Unprinted, b: Unprinted): number {
  if (a.location.file !== b.location.file) return a.location.file < b.location.file ? -1 : 1;
  return a.location.startLine - b.location.startLine || a.location.startColumn - b.location.startColumn;
}

/** FNV-1a with 64 bits over the UTF-16 code units, low byte first (the published offset basis and prime). */
export function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    hash = BigInt.asUintN(64, (hash ^ BigInt(unit & 0xff)) * 0x100000001b3n);
    hash = BigInt.asUintN(64, (hash ^ BigInt(unit >> 8)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
