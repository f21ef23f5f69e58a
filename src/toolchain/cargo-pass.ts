/** One call of `cargo check` or `cargo build` under the wrapper, watched to its end. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clearEvents, type EventsPlan, readEvents } from './build-events.ts';
import { buildArguments } from './cargo-arguments.ts';
import { type CompilerArtifact, parseCargoMessage } from './cargo-messages.ts';
import { type RustcRun, watchMarks } from './pass-marks.ts';
import type { InsidePass, PassOptions } from './pass-options.ts';
import { bytesWithUserHome, cargoEnvironment, type Preparation, withUserHome } from './preparation.ts';
import { openProfileIntake } from './profile-intake.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { watchBuildScripts } from './script-watch.ts';
import type { UnitStore } from './unit-store.ts';

export interface CargoPass {
  readonly result: ToolResult;
  /** Did cargo get as far as building: it says so with a last message. */
  readonly finished: boolean;
  /** Every artifact of this run, fresh ones too. */
  readonly artifacts: readonly CompilerArtifact[];
  readonly runs: readonly RustcRun[];
  /** The JSON messages, whole. */
  readonly messages: string;
  /** Errors as rustc draws them, then what cargo said beside its status lines. */
  readonly errorOutput: string;
  readonly events: readonly (readonly [name: string, text: string])[];
  /** Lines of `-Zmacro-stats`, as rustc printed them; empty where it was not asked. */
  readonly macroStats: string;
}

export interface CargoPassPlan {
  readonly cargoDir: string;
  readonly marksDir: string;
  readonly wrapper: string;
  readonly recipe: string;
  /** Keys of units of which futures alone are dumped. */
  readonly narrow: ReadonlySet<string>;
  readonly events: EventsPlan;
  /** Is rustc profiled, and what is kept of it? */
  readonly inside: InsidePass | null;
  /** Resolves to the number of units of the whole build. */
  readonly total: Promise<number | null>;
}

const lookEveryMs = 100;

export async function runCargoPass(
  options: PassOptions,
  preparation: Preparation,
  plan: CargoPassPlan,
  store: UnitStore,
  signal: AbortSignal,
): Promise<CargoPass> {
  const { assayDir, config, facts } = preparation;
  await rm(plan.marksDir, { recursive: true, force: true });
  await mkdir(plan.marksDir, { recursive: true });
  await clearEvents(preparation, plan.cargoDir);
  const rewrite = (text: string) => withUserHome(text, assayDir, config);
  const rewriteBytes = (text: Buffer) => bytesWithUserHome(text, assayDir, config);
  const profiles =
    plan.inside === null ? null : openProfileIntake(plan.marksDir, store, plan.inside, facts.memberDirs);
  const watch = watchMarks(
    plan.marksDir,
    facts.root,
    store,
    plan.recipe,
    plan.narrow,
    { text: rewrite, bytes: rewriteBytes },
    profiles,
  );

  const artifacts: CompilerArtifact[] = [];
  const messages: string[] = [];
  const errors: string[] = [];
  const said: string[] = [];
  const macroStats: string[] = [];
  let finished = false;
  let done = 0;
  let total: number | null = null;
  plan.total.then(
    count => {
      total = count;
    },
    () => {},
  );
  const report = () => options.onProgress?.({ stage: 'compiling', done, total, crates: watch.active() });
  const onStdoutLine = (raw: string) => {
    const line = rewrite(raw);
    messages.push(line);
    const message = parseCargoMessage(line);
    if (message.kind === 'artifact' || message.kind === 'script-run') done++;
    if (message.kind === 'artifact') artifacts.push(message.artifact);
    if (message.kind === 'finished') finished = true;
    if (message.kind !== 'diagnostic' || message.rendered === '') return;
    if (message.level.startsWith('error')) errors.push(message.rendered);
    options.onProgress?.({ stage: 'diagnostic', level: message.level, rendered: message.rendered });
  };
  const onStderrLine = (raw: string) => {
    const line = rewrite(raw);
    if (plan.inside !== null && line.startsWith('macro-stats ')) {
      macroStats.push(line);
      return;
    }
    if (!isStatusLine(line)) said.push(line);
    options.onProgress?.({ stage: 'cargo', line });
  };

  // Looks at the marks until cargo has ended; an error in between (a full disk) ends cargo.
  const stopCargo = new AbortController();
  const onAbort = () => stopCargo.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  let lookError: unknown = null;
  let looking = Promise.resolve();
  let busy = false;
  const scripts = watchBuildScripts(process.pid);
  const timer = setInterval(() => {
    if (options.pass === 'build') scripts.look(Date.now());
    if (busy || lookError !== null) return;
    busy = true;
    looking = watch
      .look()
      .then(report)
      .catch(error => {
        lookError = error;
        stopCargo.abort();
      })
      .finally(() => {
        busy = false;
      });
  }, lookEveryMs);
  const startedAtMs = Date.now();
  let result: ToolResult;
  try {
    result = await runTool({
      program: preparation.toolchain.cargo,
      args: cargoPassArguments(options, plan),
      cwd: options.directory,
      env: passEnvironment(options, preparation, plan),
      onStdoutLine,
      onStderrLine,
      signal: stopCargo.signal,
      cpuFile: join(assayDir, 'state', 'cpu-times'),
    });
  } catch (error) {
    throw lookError ?? error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
    await looking;
  }
  const runs = await watch.finish();
  const events = await readEvents(
    preparation,
    plan.cargoDir,
    plan.events,
    runs,
    scripts.runs(),
    startedAtMs,
    options.pass,
  );
  await rm(plan.marksDir, { recursive: true, force: true });
  const errorOutput = [...errors, ...(said.length === 0 ? [] : [`${said.join('\n')}\n`])].join('\n');
  const messageText = messages.map(line => `${line}\n`).join('');
  return {
    result,
    finished,
    artifacts,
    runs,
    messages: messageText,
    errorOutput,
    events,
    macroStats: macroStats.map(line => `${line}\n`).join(''),
  };
}

function cargoPassArguments(options: PassOptions, plan: CargoPassPlan): string[] {
  return [
    options.pass,
    '--message-format=json',
    '--color',
    'never',
    '--keep-going',
    '--target-dir',
    plan.cargoDir,
    ...plan.events.args,
    ...buildArguments(options.selection),
  ];
}

function passEnvironment(
  options: PassOptions,
  preparation: Preparation,
  plan: CargoPassPlan,
): NodeJS.ProcessEnv {
  // A build script that calls cargo must not meet the user's target directory through us.
  const targetDir = options.env.CARGO_TARGET_DIR === undefined ? null : plan.cargoDir;
  const env = { ...cargoEnvironment(options.env, preparation.assayDir, targetDir), ...plan.events.env };
  delete env.CARGO_BUILD_RUSTC_WRAPPER;
  return {
    ...env,
    RUSTC_WRAPPER: plan.wrapper,
    ...incrementalEnvironment(options),
    CARGO_BUILD_BUILD_DIR: plan.cargoDir,
  };
}

/** With incremental compilation rustc dumps only the bodies that changed. */
export function incrementalEnvironment(options: PassOptions): NodeJS.ProcessEnv {
  return options.mir ? { CARGO_INCREMENTAL: '0' } : {};
}

/** `   Compiling shop v0.1.0 (…)`, `    Finished …`: a verb right-aligned in twelve columns. */
function isStatusLine(line: string): boolean {
  return (
    /^ *[A-Z][a-z]+ /.test(line) &&
    /^.{12} /.test(line) &&
    line.slice(0, 12).trimStart() === line.slice(0, 12).trim()
  );
}
