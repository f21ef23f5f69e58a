/**
 * The whole command on a workspace that is larger than any published crate: real MIR, repeated under other unit keys
 * until there are enough megabytes of it, judged with `--from`. What a run of it needs is measured from outside.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceSource, MirUnit } from '#model/evidence.ts';
import { openEvidenceFile, writeEvidenceFile } from '#toolchain/evidence-file.ts';

export interface LargeEvidence {
  readonly path: string;
  readonly mirBytes: number;
  readonly copies: number;
  /** One copy of the MIR, as files for bench/mir-parse.ts. */
  readonly mirFiles: readonly string[];
}

/** `from` is an evidence file of a real workspace; the result has at least `bytesMin` of MIR text. */
export async function writeLargeEvidence(
  from: string,
  bytesMin: number,
  scratch: string,
): Promise<LargeEvidence> {
  const opened = await openEvidenceFile(from);
  const { source } = opened;
  if (source === null) throw new Error(`${from} is no evidence`);
  const mirNames = source.partNames.filter(name => name.startsWith('mir/'));
  let onceBytes = 0;
  const mirFiles: string[] = [];
  for (const [index, name] of mirNames.entries()) {
    const text = Buffer.from((await source.readPart(name)) ?? '');
    onceBytes += text.length;
    const file = join(scratch, `part-${index}.mir`);
    writeFileSync(file, text);
    mirFiles.push(file);
  }
  const copies = Math.ceil(bytesMin / onceBytes);
  const path = join(scratch, 'large.assay');
  await writeEvidenceFile(repeated(source, mirNames, copies), path);
  await opened.close();
  return { path, mirBytes: onceBytes * copies, copies, mirFiles };
}

function repeated(source: EvidenceSource, mirNames: readonly string[], copies: number): EvidenceSource {
  const original = new Map<string, string>();
  const mirUnits: MirUnit[] = [];
  for (let copy = 0; copy < copies; copy++) {
    for (const unit of source.header.mirUnits)
      mirUnits.push({ ...unit, key: `${unit.key}-${copy}`, crateName: `${unit.crateName}_${copy}` });
    for (const name of mirNames) original.set(name.replace(/^(mir\/[^/]+)/, `$1-${copy}`), name);
  }
  for (const name of source.partNames) if (!name.startsWith('mir/')) original.set(name, name);
  return {
    header: { ...source.header, mirUnits },
    partNames: [...original.keys()].sort(),
    readPart: name => source.readPart(original.get(name) ?? name),
  };
}

/**
 * Peak resident memory and wall time of a command that must succeed. From /proc, asked for every 50 ms (the peak only
 * grows, so the last answer is short of it by what was added in the last 50 ms); null where there is no /proc.
 */
export async function peakMemoryOf(
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ readonly seconds: number; readonly peakBytes: number | null }> {
  const started = process.hrtime.bigint();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd });
  let peakBytes: number | null = null;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      if (kilobytes !== undefined) peakBytes = Number(kilobytes) * 1024;
    } catch {
      // No /proc, or the process has ended.
    }
  }, 50);
  const code = await new Promise(done => child.on('close', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${code}`);
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, peakBytes };
}
