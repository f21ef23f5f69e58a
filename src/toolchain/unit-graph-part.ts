/** cargo's plan of a pass, as a part of its evidence. */
import { incrementalEnvironment } from './cargo-pass.ts';
import { readStoredPart } from './evidence-folder.ts';
import type { PassOptions } from './pass-options.ts';
import { cargoEnvironment, type Preparation } from './preparation.ts';
import { channelOverride } from './probe.ts';
import { readUnitGraph } from './workspace-facts.ts';

/** The unit graph of the last pass where the workspace is unchanged, else asked for beside the running pass. */
export async function readGraph(
  options: PassOptions,
  preparation: Preparation,
  cargoDir: string,
  /** The evidence of the last pass, where the workspace is unchanged since. */
  setDir: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  const stored = setDir === null ? null : await readStoredPart(setDir, 'unit-graph.json');
  if (stored !== null || !preparation.mayUseUnstableCargo) return stored;
  const env = {
    ...cargoEnvironment(options.env, preparation.assayDir, null),
    ...incrementalEnvironment(options),
    CARGO_BUILD_BUILD_DIR: cargoDir,
    ...(preparation.toolchain.nightly ? {} : { [channelOverride]: 'nightly' }),
  };
  const { toolchain } = preparation;
  return readUnitGraph(
    toolchain,
    options.selection,
    options.pass,
    cargoDir,
    options.directory,
    env,
    signal,
  ).catch(() => null);
}
