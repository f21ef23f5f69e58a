/** What other commands of a team's day would compile: cargo's plans for them, which build nothing. */
import type { PassOptions } from './pass-options.ts';
import { cargoEnvironment, type Preparation } from './preparation.ts';
import { channelOverride } from './probe.ts';
import { readUnitGraph } from './workspace-facts.ts';

// Limit: of so many members, each is planned alone; a plan takes a fraction of a second.
const membersMax = 12;

/** Parts `plan-command=<command>.json`: `check`, `test`, and where there are several members `build -p <member>`. */
export async function planOtherCommands(
  options: PassOptions,
  preparation: Preparation,
  cargoDir: string,
  signal: AbortSignal,
): Promise<readonly (readonly [name: string, text: string])[]> {
  if (!preparation.mayUseUnstableCargo) return [];
  const { toolchain } = preparation;
  const env = {
    ...cargoEnvironment(options.env, preparation.assayDir, null),
    CARGO_BUILD_BUILD_DIR: cargoDir,
    ...(toolchain.nightly ? {} : { [channelOverride]: 'nightly' }),
  };
  const names = membersOf(preparation.metadata);
  const alone = names.length < 2 || options.selection.packages.length > 0 ? [] : names.slice(0, membersMax);
  const asked = [
    ['check', 'check', options.selection],
    ['test', 'test', options.selection],
    ...alone.map(
      name =>
        [
          `build -p ${name}`,
          'build',
          { ...options.selection, packages: [name], workspace: false, exclude: [] },
        ] as const,
    ),
  ] as const;
  const parts: (readonly [string, string])[] = [];
  for (const [name, command, selection] of asked) {
    const plan = await readUnitGraph(toolchain, selection, command, cargoDir, options.directory, env, signal);
    if (plan !== null) parts.push([`plan-command=${encodeURIComponent(name)}.json`, plan]);
  }
  return parts;
}

function membersOf(metadata: string): readonly string[] {
  const json = JSON.parse(metadata) as {
    readonly packages: readonly { readonly id: string; readonly name: string }[];
    readonly workspace_members: readonly string[];
  };
  const members = new Set(json.workspace_members);
  return json.packages
    .filter(({ id }) => members.has(id))
    .map(({ name }) => name)
    .sort();
}
