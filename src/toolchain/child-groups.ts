/**
 * Every process group that this process started and that has not ended. A tool runs in a group of its own, so a Ctrl-C
 * at the terminal reaches only us: whoever interrupts or crashes us must not leave a compiler behind.
 */

const groupPids = new Set<number>();
const exitActions = new Set<() => void>();
let exitHookSet = false;

/** Remembers a group until `forgetGroup`; if this process exits before, the group is killed. */
export function rememberGroup(pid: number): void {
  setExitHook();
  groupPids.add(pid);
}

export function forgetGroup(pid: number): void {
  groupPids.delete(pid);
}

/** Sends a signal to a whole group. False when nobody is left in it. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Runs `action`, which must be synchronous, if this process exits before the returned function was called. */
export function onExit(action: () => void): () => void {
  setExitHook();
  exitActions.add(action);
  return () => exitActions.delete(action);
}

/**
 * Runs `work` with a signal that fires on SIGINT, SIGTERM, SIGHUP; a second one ends this process at once, killing every
 * group. Handlers are removed when `work` has ended. Who gives `outer` sees to the signals himself: `work` gets that.
 */
export async function withInterrupts<T>(
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (outer !== undefined) return work(outer);
  const controller = new AbortController();
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

function setExitHook(): void {
  if (exitHookSet) return;
  exitHookSet = true;
  process.on('exit', () => {
    for (const pid of groupPids) signalGroup(pid, 'SIGKILL');
    for (const action of exitActions) {
      try {
        action();
      } catch {
        // The process is ending; the other actions must still run.
      }
    }
  });
}
