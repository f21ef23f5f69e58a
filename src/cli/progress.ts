/** What is going on, as the rooms below tell it. */
export interface ProgressEvent {
  /** `reading the workspace`, `compiling serde 1.0.219`, `judging shop-server`, … */
  readonly what: string;
  readonly done?: number;
  readonly total?: number;
}

export interface Progress {
  update(event: ProgressEvent): void;
  /** A line that stays. */
  say(line: string): void;
  /** Takes the live line away. */
  close(): void;
}

interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * On a terminal one live line (what, n of m, seconds); elsewhere a plain line when the stage changes and then at most
 * one each ten seconds; with `quiet` nothing. The clock is passed in, in milliseconds.
 */
export function openProgress(
  output: ProgressOutput,
  options: { quiet: boolean; nowMs: () => number },
): Progress {
  if (options.quiet) return { update() {}, say() {}, close() {} };
  const startedMs = options.nowMs();
  return output.isTTY === true
    ? liveLine(output, startedMs, options.nowMs)
    : plainLines(output, startedMs, options.nowMs);
}

const liveIntervalMs = 100;

function liveLine(output: ProgressOutput, startedMs: number, nowMs: () => number): Progress {
  let current: ProgressEvent | null = null;
  let shownWidth = 0;
  const draw = (): void => {
    if (current === null) return;
    const columns = output.columns ?? 80;
    const line = describe(current, nowMs() - startedMs);
    const fitted = line.length >= columns ? `${line.slice(0, Math.max(0, columns - 2))}…` : line;
    output.write(`\r${fitted}${' '.repeat(Math.max(0, shownWidth - fitted.length))}`);
    shownWidth = fitted.length;
  };
  const erase = (): void => {
    if (shownWidth > 0) output.write(`\r${' '.repeat(shownWidth)}\r`);
    shownWidth = 0;
  };
  const timer = setInterval(draw, liveIntervalMs);
  timer.unref();
  return {
    update(event) {
      const first = current === null;
      current = event;
      if (first) draw();
    },
    say(line) {
      erase();
      output.write(`${line}\n`);
      draw();
    },
    close() {
      clearInterval(timer);
      current = null;
      erase();
    },
  };
}

const plainIntervalMs = 10_000;

function plainLines(output: ProgressOutput, startedMs: number, nowMs: () => number): Progress {
  let lastStage = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    update(event) {
      const stage = event.what.split(' ')[0] ?? '';
      const now = nowMs();
      if (stage === lastStage && now - lastMs < plainIntervalMs) return;
      lastStage = stage;
      lastMs = now;
      output.write(`${describe(event, now - startedMs)}\n`);
    },
    say(line) {
      output.write(`${line}\n`);
    },
    close() {},
  };
}

function describe(event: ProgressEvent, elapsedMs: number): string {
  const count = event.total === undefined ? '' : ` ${event.done ?? 0} of ${event.total}`;
  return `assay: ${event.what}${count}, ${(elapsedMs / 1000).toFixed(0)} s`;
}
