import { flagSpecs } from './flags.ts';
import { type VerbName, verbs } from './verbs.ts';

/** The text of `assay --help`: what it does, the verbs, and how it is called. */
export function mainHelp(version: string): string {
  const verbLines = verbs.map(verb => `  ${verb.usage.padEnd(26)}${verb.summary}`);
  return `cargo-assay ${version}
What your Rust code costs and risks beyond what the compiler says, from the compiler’s own evidence.

Usage: cargo assay [VERB] [PATH] [FLAGS]

Verbs:
${verbLines.join('\n')}

${flagsHelp()}
Examples:
  cargo assay                             every area that applies, one report in the terminal
  cargo assay --format html -o report.html
  cargo assay async --fail-on warning     in CI: fail on warnings too
  cargo assay async --format sarif -o assay.sarif
  cargo assay build --release             the timeline of a release build
  cargo assay collect -o evidence.assay   on one machine …
  cargo assay --from evidence.assay       … judged on another

Exit codes: 0 nothing at or above --fail-on, 1 something was, 2 the request was wrong, 3 a tool that Assay needs failed.
Assay writes to target/assay only, and sends nothing anywhere.
`;
}

/** The text of `assay VERB --help`. */
export function verbHelp(name: VerbName): string {
  const verb = verbs.find(candidate => candidate.name === name)!;
  return `${verb.description}

Usage: cargo assay ${verb.usage} ${verb.takesFlags ? '[FLAGS]' : ''}
${verb.takesFlags ? `\n${flagsHelp()}` : ''}
Examples:
${verb.examples.map(example => `  ${example}`).join('\n')}
`;
}

function flagsHelp(): string {
  let text = '';
  let group = '';
  for (const spec of flagSpecs) {
    if (spec.group !== group) {
      text += `${group === '' ? '' : '\n'}${spec.group}:\n`;
      group = spec.group;
    }
    const left = `${spec.short === undefined ? '    ' : `-${spec.short}, `}--${spec.name}${spec.value === undefined ? '' : ` ${spec.value}`}`;
    text += `  ${left.padEnd(30)}${spec.help}\n`;
  }
  return text;
}
