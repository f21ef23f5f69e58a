import { readFile } from 'node:fs/promises';
import { rules } from '#async/rules/registry.generated.ts';
import { UsageError } from './flags.ts';
import { printOutput } from './write-output.ts';

/** `assay explain RULE`: the rule's page; without a rule the list of rules. */
export async function runExplain(args: readonly string[]): Promise<number> {
  const [name, ...more] = args;
  if (more.length > 0 || name?.startsWith('-') === true)
    throw new UsageError('`assay explain` takes one rule');
  if (name === undefined) {
    const width = Math.max(...rules.map(rule => rule.name.length));
    await printOutput(`${rules.map(rule => `${rule.name.padEnd(width)}  ${rule.summary}`).join('\n')}\n`);
    return 0;
  }
  const rule =
    rules.find(candidate => candidate.name === name) ??
    rules.find(candidate => candidate.name.endsWith(`/${name}`));
  if (rule === undefined)
    throw new UsageError(`no rule is named \`${name}\``, 'the list: `cargo assay explain`');
  await printOutput(await readFile(rulePage(rule.name), 'utf8'));
  return 0;
}

function rulePage(name: string): URL {
  const here = import.meta.url;
  const root = here.includes('/dist/')
    ? here.slice(0, here.lastIndexOf('/dist/') + 1)
    : new URL('../../', here).href;
  return new URL(`docs/rules/${name}.md`, root);
}
