/**
 * The statements and terminators of a dump as rustc printed them, reduced to what the model keeps, so that they can be
 * compared with what drawBody prints: one per line, without comments, trimmed.
 */
export function statementsOf(dump: string): string[] {
  const statements: string[] = [];
  let inBlock = false;
  for (const line of dump.split('\n')) {
    if (/^ {4}bb\d+( \(cleanup\))?: \{$/.test(line)) inBlock = true;
    else if (line === '    }') inBlock = false;
    else if (inBlock && /^ {8}\S/.test(line)) statements.push(reduced(line));
  }
  return statements;
}

function reduced(line: string): string {
  let text = line.trim().replace(/; +\/\/ scope \d+ at [^"]*$/, '');
  if (/(^| = )asm!\(/.test(text)) return 'asm!(…)';
  const call = / -> /.test(text);
  if (call) {
    text = text
      .replace(/(, )?unwind (continue|unreachable|terminate\(\w+\))(\])?$/, '$3')
      .replace(/ -> $/, ' -> []')
      // A call that does not return: its only successor is the clean-up.
      .replace(/^(.* = .*\).*) -> (bb\d+)$/, '$1 -> [unwind: $2]')
      .replace(/^assert\(!?((?:copy|move|const) .*?), ".*\) -> /, 'assert($1, …) -> ')
      .replace(/^async drop\((.*); poll=.*?\) -> /, 'drop($1) -> ');
  }
  return text
    .replace(/ = no_retag /, ' = ')
    .replace(/ = deref_copy /, ' = copy ')
    .replace(/^terminate\(\w+\)$/, 'terminate(…)')
    .replace(/ = &raw const \(fake\) /, ' = &raw const ')
    .replace(/ = Len\(/, ' = Len(copy ')
    .replace(/ = (SizeOf|AlignOf|OffsetOf)\(.*\)$/, ' = $1()')
    .replace(/ = \[(.*); [^;\]]*\]$/, ' = Repeat($1)')
    .replace(/ = &\/\*tls\*\/ .*$/, ' = ThreadLocalRef()');
}
