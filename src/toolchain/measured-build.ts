/** One cargo command, timed: from its start to its end, and to its first diagnostic. */
import { join } from 'node:path';
import type { ScenarioRun } from '#model/build.ts';
import { buildArguments, shownCommand } from './cargo-arguments.ts';
import { parseCargoMessage } from './cargo-messages.ts';
import type { CargoSelection, PassOptions } from './pass-options.ts';
import { cargoEnvironment, type Preparation } from './preparation.ts';
import { runTool } from './run-tool.ts';

export interface Call {
  readonly words: readonly string[];
  readonly selection: CargoSelection;
  readonly cwd: string;
  readonly targetDir: string;
  /** Values for `--config`. */
  readonly config?: readonly string[];
}

/** Runs cargo to its end and says how long it took. A build that fails is a result. Throws `interrupted`, `no-cargo`. */
export async function measure(
  { words, selection, cwd, targetDir, config = [] }: Call,
  options: PassOptions,
  preparation: Preparation,
  signal: AbortSignal,
): Promise<Omit<ScenarioRun, 'scenario' | 'changed'>> {
  const args = [...words, ...buildArguments(selection)];
  let ran = 0;
  let fresh = 0;
  let firstDiagnosticSeconds: number | null = null;
  const errors: string[] = [];
  const said: string[] = [];
  const startedAt = performance.now();
  const result = await runTool({
    program: preparation.toolchain.cargo,
    args: [
      ...config.flatMap(value => ['--config', value]),
      ...args,
      '--message-format=json',
      '--color',
      'never',
      '--target-dir',
      targetDir,
    ],
    cwd,
    env: {
      ...cargoEnvironment(options.env, preparation.assayDir, null),
      CARGO_BUILD_BUILD_DIR: targetDir,
    },
    signal,
    cpuFile: join(preparation.assayDir, 'state', 'cpu-times'),
    onStdoutLine: line => {
      const message = parseCargoMessage(line);
      if (message.kind === 'artifact') message.artifact.fresh ? fresh++ : ran++;
      if (message.kind !== 'diagnostic' || !message.level.startsWith('error')) return;
      firstDiagnosticSeconds ??= (performance.now() - startedAt) / 1000;
      errors.push(message.rendered);
    },
    onStderrLine: line => {
      said.push(line);
    },
  });
  const failed = result.exitCode !== 0;
  return {
    // As the user would type it: the manifest's path is that of the workspace and not of its copy.
    command: shownCommand([
      'cargo',
      ...words,
      ...buildArguments({ ...selection, manifestPath: options.selection.manifestPath }),
    ]),
    seconds: thousandths(result.seconds),
    cpuSeconds: result.cpuSeconds,
    firstDiagnosticSeconds: firstDiagnosticSeconds === null ? null : thousandths(firstDiagnosticSeconds),
    ran,
    fresh,
    failure: failed ? (errors[0] ?? said.join('\n')) : null,
  };
}

function thousandths(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
