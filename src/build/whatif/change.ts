/**
 * The changes that can be asked for with `--what-if`, as they are written:
 *
 *     jobs=8                   cargo's number of jobs, or `jobs=unlimited`
 *     cores=8                  a machine with as many cores, and as many jobs
 *     without=serde_derive     the package is gone, and with it what nothing else needs
 *     faster=syn:2             its units take half of the time
 *     split=app:3              its libraries are three crates of equal size that do not need each other: the most that a split can give
 *     relax=app->slow          app does not wait for slow any more
 *     features=a,b             the workspace built with these features of its own and no others; `features=` for none
 *     no-build-scripts         build scripts are gone, and with them what nothing else needs
 *     no-codegen, no-link      generating code, or linking, takes no time
 *     critical-path-first      cargo starts what the end hangs on, not what most units need: what its order costs
 *
 * Several at once are joined by ` + `: `jobs=8 + no-link`. A package may be given with its version: `syn@1.0.109`.
 */
export type Change =
  | { readonly kind: 'jobs' | 'cores'; readonly count: number }
  | { readonly kind: 'without'; readonly name: string }
  | { readonly kind: 'faster' | 'split'; readonly name: string; readonly factor: number }
  | { readonly kind: 'features'; readonly features: string }
  | { readonly kind: 'relax'; readonly name: string; readonly need: string }
  | { readonly kind: 'no-build-scripts' | 'no-codegen' | 'no-link' | 'critical-path-first' };

export const changeForms: readonly string[] = [
  'jobs=N',
  'cores=N',
  'without=PACKAGE',
  'faster=PACKAGE:FACTOR',
  'split=PACKAGE:PARTS',
  'relax=PACKAGE->PACKAGE',
  'features=A,B',
  'no-build-scripts',
  'no-codegen',
  'no-link',
  'critical-path-first',
];

/** The changes of one `--what-if`, or what is wrong with it in words. */
export function parseChanges(text: string): readonly Change[] | string {
  const changes: Change[] = [];
  for (const part of text.split(/\s\+\s/)) {
    const change = parseChange(part.trim());
    if (typeof change === 'string') return change;
    changes.push(change);
  }
  return changes;
}

function parseChange(text: string): Change | string {
  const [, word = '', value = null] = /^([a-z-]+)(?:=(.*))?$/.exec(text) ?? [];
  switch (word) {
    case 'no-build-scripts':
    case 'no-codegen':
    case 'no-link':
    case 'critical-path-first':
      return value === null ? { kind: word } : `\`${word}\` takes no value`;
    case 'jobs':
    case 'cores': {
      if (value === 'unlimited') return { kind: word, count: Number.POSITIVE_INFINITY };
      const count = /^[1-9]\d{0,5}$/.test(value ?? '') ? Number(value) : null;
      return count === null ? `\`${text}\`: expected a number from 1, or unlimited` : { kind: word, count };
    }
    case 'without':
      return isName(value) ? { kind: word, name: value } : `\`${text}\`: expected a package`;
    case 'faster':
    case 'split': {
      const [, name = null, number] = /^(.+):(\d+(?:\.\d+)?)$/.exec(value ?? '') ?? [];
      const factor = Number(number);
      const bad = word === 'split' ? !Number.isInteger(factor) || factor < 2 || factor > 1000 : !(factor > 0);
      if (!isName(name) || bad)
        return `\`${text}\`: expected ${word === 'split' ? 'PACKAGE:PARTS, from 2 parts' : 'PACKAGE:FACTOR'}`;
      return { kind: word, name, factor };
    }
    case 'features': {
      const named = value === '' || (value !== null && /^[\w/.+-]+(?:,[\w/.+-]+)*$/.test(value));
      return named ? { kind: word, features: value } : `\`${text}\`: expected features with commas between`;
    }
    case 'relax': {
      const [, name = null, need = null] = /^(.+)->(.+)$/.exec(value ?? '') ?? [];
      if (!isName(name) || !isName(need)) return `\`${text}\`: expected PACKAGE->PACKAGE`;
      return { kind: word, name, need };
    }
    default:
      return `\`${text}\` is no change that can be simulated`;
  }
}

/** The features that are asked for in a list of changes, each once: cargo must plan a build with them. */
export function featuresIn(texts: readonly string[]): readonly string[] {
  const changes = texts.flatMap(text => {
    const parsed = parseChanges(text);
    return typeof parsed === 'string' ? [] : parsed;
  });
  return [...new Set(changes.flatMap(change => (change.kind === 'features' ? [change.features] : [])))];
}

function isName(text: string | null): text is string {
  return text !== null && /^[\w-]+(?:@[\w.+-]+)?$/.test(text);
}
