import type { Dependency } from '#async/dependencies/dependencies.ts';
import { summariseDependency } from '#async/dependencies/summarise.ts';
import { parseSummary, summaryVersion } from '#async/dependencies/summary.ts';
import { parseCargoMetadata } from '#formats/cargo-metadata/parse.ts';
import type { DeepPass, KnownDependency } from '#toolchain/pass-options.ts';
import { readSources } from './read-sources.ts';

/** Reads dependencies for the async area. */
export function deepPass(): DeepPass {
  const parsed = new Map<string, Dependency | null>();
  const dependencyOf = ({ unit, text }: KnownDependency): Dependency | null => {
    let known = parsed.get(unit.key);
    if (known === undefined) {
      const { value } = parseSummary(text);
      known = value === null ? null : { unit, summary: value };
      parsed.set(unit.key, known);
    }
    return known;
  };
  let workspace: ReturnType<typeof parseCargoMetadata> | null = null;
  return {
    version: summaryVersion,
    async summarise(evidence, below, metadata) {
      workspace ??= parseCargoMetadata(metadata);
      const textByFile = new Map((await readSources(evidence)).map(({ file, text }) => [file, text]));
      const summary = await summariseDependency({
        evidence,
        readSource: file => textByFile.get(file) ?? null,
        workspaceRoot: evidence.header.root,
        workspace: workspace.value,
        dependencies: below.flatMap(known => dependencyOf(known) ?? []),
      });
      return JSON.stringify(summary);
    },
  };
}
