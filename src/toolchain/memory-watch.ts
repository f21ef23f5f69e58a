/**
 * The most memory that a process's child held (Linux). The kernel keeps the mark itself (VmHWM), so the last look before the end
 * tells of all the time until then; what a process that lives for less than two looks held is not known.
 */
import { readFileSync } from 'node:fs';

export interface MemoryWatch {
  look(): void;
  /** Null where nothing was seen. */
  peakBytes(): number | null;
}

export function watchMemory(parentPid: number): MemoryWatch {
  let child: string | null = null;
  let peak: number | null = null;
  return {
    look() {
      try {
        child ??=
          /^\d+/.exec(readFileSync(`/proc/${parentPid}/task/${parentPid}/children`, 'utf8'))?.[0] ?? null;
        if (child === null) return;
        const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1];
        if (kilobytes !== undefined) peak = Math.max(peak ?? 0, Number(kilobytes) * 1024);
      } catch {
        // It has ended, or this system has no /proc.
      }
    },
    peakBytes: () => peak,
  };
}
