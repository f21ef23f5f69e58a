import { diffFlagSpecs } from './diff-flags.ts';
import { type FlagSpec, flagSpecs } from './flags.ts';
import { diffSpec, type VerbName, verbs } from './verbs.ts';

/** The text of `assay --help`: what it does, the verbs, and how it is called. */
export function mainHelp(version: string): string {
  const verbLines = verbs
    .flatMap(verb => (verb.name === 'build' ? [verb, diffSpec] : [verb]))
    .map(({ usage, summary }) => `  ${usage.padEnd(26)}${summary}`);
  return `cargo-assay ${version}
What your Rust code costs and risks beyond what the compiler says, from the compiler’s own evidence.

Usage: cargo assay [VERB] [PATH] [FLAGS]

Verbs:
${verbLines.join('\n')}

${flagsHelp(flagSpecs)}
Examples:
  cargo assay                             every area that applies, one report in the terminal
  cargo assay --format html -o report.html
  cargo assay async --fail-on warning     in CI: fail on warnings too
  cargo assay async --format sarif -o assay.sarif
  cargo assay build --release             the timeline of a release build
  cargo assay collect -o evidence.assay   on one machine …
  cargo assay --from evidence.assay       … judged on another

Exit codes: 0 nothing at or above --fail-on, 1 something was, 2 the request was wrong, 3 a tool that Assay needs failed.
Assay writes to target/assay only (but for tune --apply), and sends nothing anywhere.
`;
}

/** The text of `assay VERB --help`. */
export function verbHelp(name: VerbName): string {
  const verb = verbs.find(candidate => candidate.name === name)!;
  return `${verb.description}

Usage: cargo assay ${verb.usage} ${verb.takesFlags ? '[FLAGS]' : ''}
${verb.takesFlags ? `\n${flagsHelp(flagSpecs)}` : ''}
Examples:
${verb.examples.map(example => `  ${example}`).join('\n')}
`;
}

/** The text of `assay build diff --help`. */
export function diffHelp(): string {
  return `${diffSpec.description}

Usage: cargo assay build diff [FLAGS] BEFORE AFTER…
       cargo assay build diff [FLAGS] --before FILE… --after FILE…

${flagsHelp(diffFlagSpecs)}
Examples:
${diffSpec.examples.map(example => `  ${example}`).join('\n')}

Exit codes: 0 compared, 1 slower than --fail-on-slower allows, 2 the request was wrong or a file is no report of a build.
`;
}

function flagsHelp(specs: readonly FlagSpec[]): string {
  let text = '';
  let group = '';
  for (const spec of specs) {
    if (spec.group !== group) {
      text += `${group === '' ? '' : '\n'}${spec.group}:\n`;
      group = spec.group;
    }
    const left = `${spec.short === undefined ? '    ' : `-${spec.short}, `}--${spec.name}${spec.value === undefined ? '' : ` ${spec.value}`}`;
    text += `  ${left.padEnd(30)}${spec.help.replaceAll('\n', `\n${' '.repeat(32)}`)}\n`;
  }
  return text;
}
