/** Incompatible versions of one runtime in a program, as findings at the manifest that asks for them. */
import type { Location } from '#model/location.ts';
import type { Package, Workspace } from '#model/workspace.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { type Runtime, runtimes } from '../../knowledge/runtimes.ts';
import { manifestLine } from './manifest-line.ts';
import { messages } from './messages.ts';
import { type BroughtIn, incompatibleVersions, type Versions } from './versions.ts';

export function versionDrafts(
  workspace: Workspace,
  readSource: (file: string) => string | null,
): FindingDraft[] {
  return runtimes.flatMap(runtime =>
    incompatibleVersions(workspace, runtime.package)
      .map(found => (runtime.context ? found : withoutTests(found)))
      .filter(({ versions }) => versions.length > 1)
      .map(found => draftOf(workspace, readSource, runtime, found)),
  );
}

/** Two runtimes that do not disturb each other cost something only where both are in the program. */
function withoutTests({ member, versions }: Versions): Versions {
  return { member, versions: versions.filter(({ kind }) => kind === 'normal') };
}

function draftOf(
  workspace: Workspace,
  readSource: (file: string) => string | null,
  runtime: Runtime,
  { member, versions }: Versions,
): FindingDraft {
  const file = manifestOf(workspace, member);
  const text = readSource(file) ?? '';
  const located = versions.map(version => ({ version, at: lineOf(file, text, version) }));
  const [first, ...others] = located as [(typeof located)[0], ...typeof located];
  const names = versions.map(({ krate }) => krate.version);
  const steps = others.flatMap(({ version, at }) =>
    at === null || at.startLine === first.at?.startLine
      ? []
      : [{ location: at, message: `brings ${version.krate.version}` }],
  );
  return {
    // Both may be well apart, each in a runtime of its own: that futures of one meet the other is not seen here.
    severity: 'note',
    confidence: 'proved',
    message: messages.versions(member.name, runtime.package, names),
    package: `${member.name} ${member.version}`,
    location: first.at ?? { file, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
    label: `brings ${first.version.krate.version}`,
    steps,
    notes: [...versions.map(wayOf), runtime.why],
    help: [helpFor(runtime, versions)],
    evidence: [
      {
        kind: 'metadata',
        what: `cargo resolved ${names.map(version => `\`${runtime.package} ${version}\``).join(' and ')} for \`${member.name}\``,
      },
    ],
  };
}

/** `tokio 0.2.25 by mail 0.2.0 → hyper 0.13.10 → tokio` */
function wayOf({ krate, path, kind }: BroughtIn): string {
  const links = path.map((link, index) =>
    index === path.length - 1 ? link.krate.name : `${link.krate.name} ${link.krate.version}`,
  );
  const section = kind === 'normal' ? '' : ` (${kind}-dependencies only)`;
  const way = links.length === 1 ? 'is a dependency of the package itself' : `by ${links.join(' → ')}`;
  return `${krate.name} ${krate.version} ${way}${section}`;
}

function helpFor({ package: name }: Runtime, versions: readonly BroughtIn[]): string {
  const old = versions[0] as BroughtIn;
  const direct = old.path[0]?.krate;
  return old.path.length === 1 || direct === undefined
    ? `ask for \`${name}\` ${versions.at(-1)?.krate.version} only`
    : `look for a version of \`${direct.name}\` that uses the newer \`${name}\`: \`cargo tree -i ${name}@${old.krate.version}\` shows all ways`;
}

function lineOf(file: string, text: string, { path, kind }: BroughtIn): Location | null {
  const [direct] = path;
  if (direct === undefined) return null;
  return manifestLine(file, text, { name: direct.krate.name, externName: direct.externName, kind });
}

/** Relative to the workspace. */
function manifestOf({ root }: Workspace, { manifestPath }: Package): string {
  const [path, folder] = [manifestPath, root].map(text => text.replaceAll('\\', '/')) as [string, string];
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}
