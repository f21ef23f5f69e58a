import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';

export interface Mark {
  /** Counted from 1. */
  readonly line: number;
  /** Without its area: `lost-on-cancel`. */
  readonly rule: string;
}

export interface Pair {
  readonly name: string;
  /** Relative to the corpus. */
  readonly folder: string;
  readonly rule: string;
  /** The commit that repaired the bug. */
  readonly fix: string;
  /** What went wrong is an agreement between programs, not a shape of code: not counted as a miss. */
  readonly protocol: boolean;
  readonly marks: readonly Mark[];
}

/** All pairs below `corpus`, in the order of their names. Throws where one is not complete. */
export function readPairs(corpus: string): Pair[] {
  return readdirSync(join(corpus, 'pairs'))
    .sort()
    .map(name => {
      const folder = `pairs/${name}`;
      const manifest = parse(readFileSync(join(corpus, folder, 'Cargo.toml'), 'utf8')) as {
        package: { metadata: { pair: { rule: string; fix: string; protocol?: boolean } } };
      };
      const { rule, fix, protocol = false } = manifest.package.metadata.pair;
      if (!/^https:\/\/github\.com\/[^/]+\/[^/]+\/(commit|pull|issues)\/\w+$/.test(fix))
        throw new Error(`${folder}: fix is no address of a commit: ${fix}`);
      readFileSync(join(corpus, folder, 'src/fixed.rs'), 'utf8');
      const marks = markedLines(readFileSync(join(corpus, folder, 'src/buggy.rs'), 'utf8'));
      return { name, folder, rule, fix, protocol, marks };
    });
}

/** Lines that end with `//~ rule`. */
export function markedLines(source: string): Mark[] {
  return source.split('\n').flatMap((text, index) => {
    const rule = /\/\/~ ([a-z-]+)$/.exec(text.trimEnd())?.[1];
    return rule === undefined ? [] : [{ line: index + 1, rule }];
  });
}
