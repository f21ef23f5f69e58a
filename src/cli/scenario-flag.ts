import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { Scenario } from '#toolchain/scenario.ts';
import { UsageError } from './flags.ts';

const plain = ['clean', 'check', 'test', 'release', 'no-op'] as const;

/** What is asked for with `--scenario`. A file is found from `directory`. Throws `UsageError`. */
export function scenarioFrom(text: string, directory: string): Scenario {
  const kind = plain.find(name => name === text);
  if (kind !== undefined) return { kind };
  const [, edit, file] = /^(edit|edit-api):(.+)$/.exec(text) ?? [];
  if (edit === undefined || file === undefined) {
    throw new UsageError(
      `\`${text}\` is no scenario`,
      `one of ${plain.join(', ')}, edit:FILE, edit-api:FILE`,
    );
  }
  const path = resolve(directory, file);
  if (!existsSync(path) || !path.endsWith('.rs'))
    throw new UsageError(
      `\`${text}\`: there is no Rust file ${relative(directory, path).split(sep).join('/')}`,
    );
  return { kind: edit === 'edit' ? 'edit' : 'edit-api', path };
}
