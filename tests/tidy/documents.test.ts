import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseDiffFlags } from '#cli/diff-flags.ts';
import { outputFormats, parseFlags } from '#cli/flags.ts';
import { diffHelp, mainHelp, verbHelp } from '#cli/help.ts';
import { verbs } from '#cli/verbs.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');

test('the README lists the formats that there are, and the help names each', () => {
  expect(/`--format (text\|[^`]*)`/.exec(read('README.md'))?.[1]?.split('|')).toEqual(outputFormats);
  const help = /--format FORMAT +([^-]*)/.exec(mainHelp('0.1.0'))![1]!;
  expect(outputFormats.filter(format => !new RegExp(`\\b${format}\\b`).test(help))).toEqual([]);
});

test('the README links every published schema', () => {
  const readme = read('README.md');
  expect(readdirSync(resolve(root, 'schema')).filter(name => !readme.includes(`](schema/${name})`))).toEqual(
    [],
  );
});

/** Commands as a reader would type them: in examples of the help, and in code of the README and the changelog. */
function commands(): readonly string[] {
  const help = [mainHelp('0.1.0'), diffHelp(), ...verbs.map(({ name }) => verbHelp(name))]
    .flatMap(text =>
      text
        .slice(text.indexOf('\nExamples:'))
        .replaceAll(/\\\n +/g, ' ')
        .split('\n'),
    )
    .filter(line => /^ {2}cargo assay/.test(line));
  const documents = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].flatMap(file =>
    [...read(file).matchAll(/`(cargo assay[^`]*)`/g)].map(match => match[1]!.replaceAll('\n', ' ')),
  );
  return [...help, ...documents].map(line =>
    line
      .trim()
      // What follows a gap is a remark, and what follows `>` the shell's.
      .replace(/( {3,}| >|…).*/, '')
      .replace(/\[(PATH|VERB|FLAGS)\]/g, ''),
  );
}

/** What single quotes hold is one word. */
function shellWords(command: string): readonly string[] {
  return [...command.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
}

test('every command in the help and in the documents is one that the program takes', () => {
  const refused = commands().flatMap(command => {
    const words = shellWords(command).slice(2);
    const verb = verbs.find(({ name }) => name === words[0]);
    const rest = verb === undefined ? words : words.slice(1);
    if (verb?.name === 'explain') return [];
    try {
      if (verb?.name === 'build' && rest[0] === 'diff')
        parseDiffFlags(rest.slice(1).concat(rest.length > 2 ? [] : ['a', 'b']));
      else parseFlags(rest.filter(word => word !== ''));
      return [];
    } catch (error) {
      return [`${command}: ${(error as Error).message}`];
    }
  });
  expect(commands().length).toBeGreaterThan(30);
  expect(refused).toEqual([]);
});

test('every `npm run` in the documents is a script', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [
    'README.md',
    'CONTRIBUTING.md',
    'docs/accuracy.md',
    'docs/peers.md',
    'docs/build-peers.md',
  ].flatMap(file => [...read(file).matchAll(/npm run ([a-z:-]*[a-z])/g)].map(match => match[1]!));
  expect([...new Set(named)].filter(name => !(name in scripts))).toEqual([]);
});
