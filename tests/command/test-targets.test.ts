import { expect, test } from 'vitest';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, libManifest, writeFiles } from './sample-workspace.ts';

/** A hazard in the library, and hazards that only tests, an example and a bench have. */
function testedCrate(): string {
  const held = (name: string) =>
    `pub async fn ${name}(m: &std::sync::Mutex<u32>) {\n    let guard = m.lock().unwrap();\n    std::future::ready(()).await;\n    drop(guard);\n}\n`;
  const folder = freshFolder();
  writeFiles(folder, {
    'Cargo.toml': libManifest('orchard'),
    'src/lib.rs': `${held('pick')}
/// Blocks, as it says: nothing but a test calls it from async code.
pub fn rest() {
    std::thread::sleep(std::time::Duration::from_millis(1));
}
#[cfg(test)]
mod tests {
    ${held('in_unit_test')}
    #[test]
    fn picks() {
        drop(in_unit_test(&std::sync::Mutex::new(1)));
    }
}
`,
    'src/main.rs': `fn main() {}\n${held('in_program')}`,
    'tests/picking.rs': `${held('in_test')}
pub async fn rests() {
    orchard::rest();
}
`,
    'examples/picked.rs': `fn main() {}\n${held('in_example')}`,
    'benches/speed.rs': held('in_bench'),
  });
  return folder;
}

async function found(folder: string, ...flags: string[]): Promise<string> {
  const report = await reportOf(['async', ...flags], { cwd: folder });
  return report.findings
    .map(({ severity, rule, function: name, notes }) => {
      const ofTests = notes?.includes('it is in code of tests') === true ? ' (code of tests)' : '';
      return `${severity} ${rule.replace('async/', '')} in ${name}${ofTests}`;
    })
    .join('\n');
}

test('without a flag, as cargo does: the library and its programs', async () => {
  expect(await found(testedCrate())).toMatchInlineSnapshot(`
    "error guard-held-across-await in orchard::pick
    error guard-held-across-await in orchard::in_program"
  `);
});

test('with all targets, what only tests and benches meet is a note, also where the library’s code is what blocks', async () => {
  const folder = testedCrate();
  expect(await found(folder, '--all-targets')).toMatchInlineSnapshot(`
    "error guard-held-across-await in picked::in_example
    error guard-held-across-await in orchard::pick
    error guard-held-across-await in orchard::in_program
    note guard-held-across-await in speed::in_bench (code of tests)
    note blocking-call in orchard::rest (code of tests)
    note guard-held-across-await in orchard::tests::in_unit_test (code of tests)
    note unawaited-future in orchard::tests::picks
    note guard-held-across-await in picking::in_test (code of tests)"
  `);
  // What is not asked for is not there, whatever an earlier run has recorded.
  expect(await found(folder, '--lib')).toMatchInlineSnapshot(
    `"error guard-held-across-await in orchard::pick"`,
  );
  expect(await found(folder, '--example', 'picked', '--test', 'picking')).toMatchInlineSnapshot(`
    "error guard-held-across-await in picked::in_example
    error guard-held-across-await in orchard::pick
    note blocking-call in orchard::rest (code of tests)
    note guard-held-across-await in picking::in_test (code of tests)"
  `);
});

test('a target that the package has not is a wrong request', async () => {
  const run = await runAssay(['async', '-q', '--bin', 'pear'], { cwd: testedCrate() });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('no bin target named `pear`');
});
