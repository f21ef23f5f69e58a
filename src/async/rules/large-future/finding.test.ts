import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseCases } from '#rules/case-file.ts';
import { judgeCase } from '../judge-case.ts';

const cases = parseCases(readFileSync(new URL('cases.md', import.meta.url), 'utf8'), 'large-future');

async function told(name: string): Promise<string> {
  const rustCase = cases.find(candidate => candidate.name === name);
  if (rustCase === undefined) throw new Error(`no case ${name}`);
  const recorded = (kind: string) =>
    gunzipSync(readFileSync(new URL(`recorded/${name}.${kind}.gz`, import.meta.url))).toString();
  const findings = await judgeCase(rustCase, { mir: recorded('mir'), sizes: recorded('sizes') });
  return findings
    .filter(finding => finding.rule === 'async/large-future')
    .map(finding =>
      [
        `${finding.severity}: ${finding.message}`,
        `${finding.location.startLine}: ${finding.label}`,
        ...finding.steps.map(step => `${step.location.startLine}: ${step.message}`),
        ...(finding.notes ?? []).map(note => `= note: ${note}`),
        ...(finding.help ?? []).map(help => `= help: ${help}`),
      ].join('\n'),
    )
    .join('\n\n');
}

test('a buffer, and who holds it', async () => {
  expect(await told('the-innermost-one-is-told-of')).toMatchInlineSnapshot(`
    "warning: the future of \`case::inner\` takes 30,048 bytes, 30,000 of them for \`buffer\`
    4: 30,000 bytes
    5: kept over this await
    = note: a future is copied whole when it is moved, and who awaits it holds all of it inside its own future
    = note: 2 futures hold it inside themselves, the largest is \`case::outermost\` with 30,064 bytes
    = help: put \`buffer\` on the heap (\`Box\`, \`Vec\`), or end its scope before the await
    = help: or box the future where it is made, so that nobody holds it: \`Box::pin(…).await\`"
  `);
});

test('what is largest leads down to what is large in it', async () => {
  expect(await told('many-small-parts-that-add-up')).toMatchInlineSnapshot(`
    "warning: the future of \`case::three\` takes 18,152 bytes, 6,048 of them for \`second\`
    7: 6,048 bytes
    9: kept over this await
    2: \`buffer\` takes 6,000 bytes of the future of \`case::leaf\`
    3: kept over this await
    = note: a future is copied whole when it is moved, and who awaits it holds all of it inside its own future
    = note: beside it are kept: \`third\` 6,048 bytes, the awaited future 6,048 bytes
    = note: one future holds it inside itself: \`case::above\` with 18,160 bytes
    = help: box it where it is made: \`let second = Box::pin(…)\`"
  `);
});

test('an argument that is kept twice', async () => {
  expect(await told('an-argument-by-value')).toMatchInlineSnapshot(`
    "warning: the future of \`case::takes\` takes 18,002 bytes, 9,000 of them for the argument \`frame\`
    2: 9,000 bytes
    4: kept over this await
    = note: a future is copied whole when it is moved, and who awaits it holds all of it inside its own future
    = note: beside it are kept: \`frame\` 9,000 bytes
    = help: pass \`frame\` by reference or in a \`Box\`: an argument by value is kept twice, as it came and where it is used
    = help: or box the future where it is made, so that nobody holds it: \`Box::pin(…).await\`"
  `);
});

test('an instance of a generic future', async () => {
  expect(await told('generic-futures')).toMatchInlineSnapshot(`
    "warning: the future of \`case::hold\` takes 20,016 bytes, 20,000 of them for \`copy\`
    2: 20,000 bytes
    3: kept over this await
    = note: a future is copied whole when it is moved, and who awaits it holds all of it inside its own future
    = note: in the instance \`{async fn body of case::hold<[u8; 20000]>()}\`
    = note: one future holds it inside itself: \`case::use_it\` with 20,032 bytes
    = help: put \`copy\` on the heap (\`Box\`, \`Vec\`), or end its scope before the await
    = help: or box the future where it is made, so that nobody holds it: \`Box::pin(…).await\`"
  `);
});
