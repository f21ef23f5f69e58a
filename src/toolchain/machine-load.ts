/** How busy all cores together have been since the machine started (Linux; elsewhere it is not known). */
import { readFileSync } from 'node:fs';

// Linux tells programs 100 ticks a second, whatever the kernel's own clock.
const ticksPerSecond = 100;

/**
 * CPU seconds of everything that ran, and of what other machines of the same host took (steal). Null where /proc does not tell.
 * Source: proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; what guests used is in user already.
 */
export function busySeconds(read: () => string = () => readFileSync('/proc/stat', 'latin1')): number | null {
  let text: string;
  try {
    text = read();
  } catch {
    return null;
  }
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number);
  if (fields === undefined || fields.length < 8 || !fields.slice(0, 8).every(Number.isFinite)) return null;
  const [user, nice, system, , , irq, softirq, steal] = fields as [number, ...number[]];
  return (user + nice! + system! + irq! + softirq! + steal!) / ticksPerSecond;
}
