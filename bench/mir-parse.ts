/**
 * How fast MIR text is parsed: `npx tsx bench/mir-parse.ts [--repeat=N] FILE…`. Prints MB of text (UTF-8) per second of
 * one core and the peak of memory. Nothing is kept of a body, as in the product.
 */

import { readFileSync } from 'node:fs';
import type { Problem } from '#base/parsed.ts';
import { parseBodies } from '#formats/mir-text/parse.ts';

const files = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
const repeatOption = process.argv.find(argument => argument.startsWith('--repeat='));
const repeat = Number(repeatOption?.slice('--repeat='.length) ?? 5);
if (files.length === 0 || !(repeat > 0)) {
  console.error('usage: tsx bench/mir-parse.ts [--repeat=N] FILE…');
  process.exit(2);
}

const rates: number[] = [];
const cpuRates: number[] = [];
let counts = { bytes: 0, chunks: 0, bodies: 0, blocks: 0, statements: 0 };
let problems: Problem[] = [];
for (let run = 0; run < repeat; run++) {
  problems = [];
  counts = { bytes: 0, chunks: 0, bodies: 0, blocks: 0, statements: 0 };
  let seconds = 0;
  let cpuSeconds = 0;
  for (const { text, bytes } of chunksOf(files)) {
    const startTime = process.hrtime.bigint();
    const startCpu = process.cpuUsage();
    for (const body of parseBodies(text, problems)) {
      counts.bodies++;
      counts.blocks += body.blocks.length;
      for (const block of body.blocks) counts.statements += block.statements.length + 1;
    }
    seconds += Number(process.hrtime.bigint() - startTime) / 1e9;
    const { user, system } = process.cpuUsage(startCpu);
    cpuSeconds += (user + system) / 1e6;
    counts.chunks++;
    counts.bytes += bytes;
  }
  rates.push(counts.bytes / 1e6 / seconds);
  cpuRates.push(counts.bytes / 1e6 / cpuSeconds);
}
console.log(
  `${(counts.bytes / 1e6).toFixed(1)} MB in ${files.length} files, ${counts.chunks} chunks; ` +
    `${counts.bodies} bodies, ${counts.blocks} blocks, ${counts.statements} statements and terminators`,
);
console.log(
  `MB/s of each run by the clock, the first one cold: ${rates.map(rate => rate.toFixed(0)).join(', ')}`,
);
console.log(
  `the same per second of CPU time (all threads): ${cpuRates.map(rate => rate.toFixed(0)).join(', ')}`,
);
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
console.log(`${problems.length} problems`);
for (const problem of problems.slice(0, 20)) console.log(`  line ${problem.line ?? '?'}: ${problem.what}`);

/** Files one behind the other in chunks of about 8 MB, as the evidence keeps them; one chunk in memory at a time. */
function* chunksOf(names: readonly string[]): Generator<{ readonly text: string; readonly bytes: number }> {
  let parts: Buffer[] = [];
  let length = 0;
  for (const [index, name] of names.entries()) {
    const part = readFileSync(name);
    parts.push(part);
    length += part.length;
    if (length < 8e6 && index < names.length - 1) continue;
    yield { text: Buffer.concat(parts).toString('utf8'), bytes: length };
    parts = [];
    length = 0;
  }
}
