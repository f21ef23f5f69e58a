/** Reads one profile in a process of its own, so that its memory and time are those of the reading alone. */
import { parseSelfProfile } from '#formats/self-profile/parse.ts';
import { readChunks } from '#toolchain/read-chunks.ts';

const path = process.argv[2]!;
const { value, problems } = await parseSelfProfile(() => readChunks(path));
const peakMib = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ value, problems, peakMib }));
