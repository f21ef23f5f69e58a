/**
 * What runs of build scripts cost, and which part of them several jobs could have done side by side (Linux; elsewhere nothing is
 * seen).
 *
 * A script compiles C by programs of its own, and its wall time with one job does not say what more jobs would make of it. So
 * the tree of processes below this one is looked at again and again: the CPU time of a script and all that it started, and how
 * often a `make` or a `ninja` that knows of jobs was at work below it. CPU time of ended children is in that of their parent.
 *
 * Not seen: scripts that live for less than two looks, and what a script hands to a process that is not its child. Looks that
 * `make` spends on one last link count as divisible.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export interface ScriptRun {
  readonly packageName: string;
  readonly version: string;
  readonly firstSeenMs: number;
  lastSeenMs: number;
  readonly firstCpuSeconds: number;
  cpuSeconds: number;
  looks: number;
  /** Looks at which a program that divides its work among jobs was at work. */
  dividedLooks: number;
  /** Its number of jobs was its own (`make -j4`): it asks no jobserver for them. */
  ownJobs: boolean;
}

export interface ScriptWatch {
  look(nowMs: number): void;
  runs(): readonly ScriptRun[];
}

interface Process {
  readonly pid: string;
  readonly name: string;
  readonly cpuSeconds: number;
  readonly children: readonly Process[];
}

type Divider = 'no' | 'jobserver' | 'own-jobs';

// Linux tells processes 100 ticks a second, whatever the kernel's own clock.
const ticksPerSecond = 100;
// Limit: no build has a tree as deep; a loop in what /proc says while processes come and go ends here.
const depthMax = 64;
const dividers = new Set(['make', 'gmake', 'ninja', 'ninja-build', 'samu']);

export function watchBuildScripts(rootPid: number): ScriptWatch {
  /** By pid, of those that were alive at the last look. */
  const scripts = new Map<string, ScriptRun>();
  const divides = new Map<string, Divider>();
  const ended: ScriptRun[] = [];

  return {
    look(nowMs) {
      const alive = new Set<string>();
      walk(String(rootPid), 0, nowMs, alive);
      for (const [pid, run] of scripts) {
        if (alive.has(pid)) continue;
        scripts.delete(pid);
        ended.push(run);
      }
      for (const pid of divides.keys()) if (!alive.has(pid)) divides.delete(pid);
    },
    runs: () => [...ended, ...scripts.values()],
  };

  function walk(pid: string, depth: number, nowMs: number, alive: Set<string>): void {
    for (const child of childrenOf(pid)) {
      if (depth > depthMax || alive.has(child)) continue;
      alive.add(child);
      // Asked again at each look: the fork of a process becomes another one.
      const run = scripts.get(child) ?? scriptRun(child, nowMs);
      if (run === null) walk(child, depth + 1, nowMs, alive);
      else {
        scripts.set(child, run);
        lookAt(run, child, nowMs, alive);
      }
    }
  }

  function lookAt(run: ScriptRun, pid: string, nowMs: number, alive: Set<string>): void {
    const tree = processTree(pid, 0);
    if (tree === null) return;
    const all = flat(tree);
    for (const process of all) alive.add(process.pid);
    run.lastSeenMs = nowMs;
    run.cpuSeconds = all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    run.looks++;
    const kinds = all.filter(({ children }) => children.length > 0).map(dividerOf);
    if (kinds.some(kind => kind !== 'no')) run.dividedLooks++;
    if (kinds.includes('own-jobs')) run.ownJobs = true;
  }

  function dividerOf({ pid, name }: Process): Divider {
    if (!dividers.has(name)) return 'no';
    let kind = divides.get(pid);
    if (kind === undefined) {
      kind = readDivider(pid, name);
      divides.set(pid, kind);
    }
    return kind;
  }
}

function scriptRun(pid: string, nowMs: number): ScriptRun | null {
  try {
    if (!basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('build-script-')) return null;
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const variable = (name: string) =>
      environment.find(entry => entry.startsWith(`${name}=`))?.slice(name.length + 1);
    const packageName = variable('CARGO_PKG_NAME');
    const version = variable('CARGO_PKG_VERSION');
    const tree = processTree(pid, 0);
    if (packageName === undefined || version === undefined || tree === null) return null;
    const cpuSeconds = flat(tree).reduce((sum, process) => sum + process.cpuSeconds, 0);
    return {
      packageName,
      version,
      firstSeenMs: nowMs,
      lastSeenMs: nowMs,
      firstCpuSeconds: cpuSeconds,
      cpuSeconds,
      looks: 0,
      dividedLooks: 0,
      ownJobs: false,
    };
  } catch {
    // It has ended, or this system has no /proc.
    return null;
  }
}

/** Does it know of jobs? `make` does with `-j` or a jobserver, ninja always. */
function readDivider(pid: string, name: string): Divider {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const asked = words.some(
      (word, index) =>
        /^(?:-j|--jobs=)\d+$/.test(word) ||
        (/^(?:-j|--jobs)$/.test(word) && /^\d+$/.test(words[index + 1] ?? '')),
    );
    if (asked || name.startsWith('ninja') || name === 'samu') return 'own-jobs';
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    return /(?:^|\0)MAKEFLAGS=[^\0]*--jobserver/.test(environment) ? 'jobserver' : 'no';
  } catch {
    return 'no';
  }
}

/** Of all threads: cargo starts each of its jobs from a thread of its own. */
function childrenOf(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap(thread => {
      try {
        return readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean);
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function processTree(pid: string, depth: number): Process | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold any character; fields are counted from behind it (proc(5)).
    const nameEnd = text.lastIndexOf(')');
    const fields = text.slice(nameEnd + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field] ?? 0), 0);
    const children =
      depth > depthMax ? [] : childrenOf(pid).flatMap(child => processTree(child, depth + 1) ?? []);
    return {
      pid,
      name: text.slice(text.indexOf('(') + 1, nameEnd),
      cpuSeconds: ticks / ticksPerSecond,
      children,
    };
  } catch {
    return null;
  }
}

function flat(process: Process): readonly Process[] {
  return [process, ...process.children.flatMap(flat)];
}
