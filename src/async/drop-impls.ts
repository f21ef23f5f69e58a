import type { Program } from './program.ts';

/** Whether a type of the workspace, by its qualified path, has a `Drop` of its own. */
export function dropImplsOf({ graph }: Program): (path: string) => boolean {
  const paths = new Set<string>();
  for (const { impl, name } of graph.nodes) {
    if (impl?.trait === 'Drop' && name.endsWith('::drop') && impl.selfPath !== null) paths.add(impl.selfPath);
  }
  return path => paths.has(path);
}
