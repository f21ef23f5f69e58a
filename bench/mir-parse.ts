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

const { chunks, bytes } = chunksOf(files);
const rates: number[] = [];
const cpuRates: number[] = [];
const counts = { bodies: 0, blocks: 0, statements: 0 };
let problems: Problem[] = [];
for (let run = 0; run < repeat; run++) {
  problems = [];
  counts.bodies = counts.blocks = counts.statements = 0;
  const startTime = process.hrtime.bigint();
  const startCpu = process.cpuUsage();
  for (const chunk of chunks) {
    for (const body of parseBodies(chunk, problems)) {
      counts.bodies++;
      counts.blocks += body.blocks.length;
      for (const block of body.blocks) counts.statements += block.statements.length + 1;
    }
  }
  rates.push(bytes / 1e6 / (Number(process.hrtime.bigint() - startTime) / 1e9));
  const { user, system } = process.cpuUsage(startCpu);
  cpuRates.push(bytes / (user + system));
}
console.log(
  `${(bytes / 1e6).toFixed(1)} MB in ${files.length} files, ${chunks.length} chunks; ` +
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

/** Files one behind the other in chunks of about 8 MB, as the evidence keeps them. */
function chunksOf(names: readonly string[]): { readonly chunks: readonly string[]; readonly bytes: number } {
  const made: string[] = [];
  let parts: Buffer[] = [];
  let length = 0;
  let bytes = 0;
  for (const name of names) {
    const part = readFileSync(name);
    parts.push(part);
    length += part.length;
    bytes += part.length;
    if (length < 8e6) continue;
    made.push(Buffer.concat(parts).toString('utf8'));
    parts = [];
    length = 0;
  }
  if (parts.length > 0) made.push(Buffer.concat(parts).toString('utf8'));
  return { chunks: made, bytes };
}
