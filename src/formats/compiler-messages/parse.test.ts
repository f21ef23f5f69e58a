import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompilerMessages } from '#model/compiler-message.ts';
import { parseCompilerMessages } from './parse.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../tests/fixtures/compiler-messages/${name}`, import.meta.url), 'utf8');
const build = fixture('build-1.95.jsonl');

test('a build', () => {
  const { value, problems } = parseCompilerMessages(build);
  expect(problems).toEqual([]);
  expect(draw(value)).toMatchInlineSnapshot(`
    "built index#unicode-ident@1.0.27 lib unicode_ident [] opt 0 debug 0
    built index#proc-macro2@1.0.107 custom-build build-script-build [proc-macro] opt 0 debug 0
    built index#quote@1.0.47 custom-build build-script-build [proc-macro] opt 0 debug 0
    built index#serde_core@1.0.229 custom-build build-script-build [result,std] opt 0 debug 0
    built index#serde@1.0.229 custom-build build-script-build [default,derive,serde_derive,std] opt 0 debug 0
    built index#proc-macro2@1.0.107 lib proc_macro2 [proc-macro] opt 0 debug 0
    built index#quote@1.0.47 lib quote [proc-macro] opt 0 debug 0
    built index#serde_core@1.0.229 lib serde_core [result,std] opt 0 debug 2
    built pantry#0.1.0 custom-build build-script-build [default,jam] opt 0 debug 0
    built index#itoa@1.0.19 lib itoa [] opt 0 debug 2
    built stamp#0.2.0 proc-macro stamp [] opt 0 debug 2
    built index#syn@3.0.10 lib syn [clone-impls,derive,parsing,printing,proc-macro] opt 0 debug 0
    built index#serde_derive@1.0.229 proc-macro serde_derive [default] opt 0 debug 0
    built index#serde@1.0.229 lib serde [default,derive,serde_derive,std] opt 0 debug 2
    built pantry#0.1.0 lib pantry [default,jam] opt 0 debug 2
    built kiosk#0.3.1 bin kiosk [] opt 0 debug 2 → /ws/target/assay/debug/kiosk
    ran index#quote@1.0.47 cfgs 
    ran index#proc-macro2@1.0.107 cfgs wrap_proc_macro,proc_macro_span_location,proc_macro_span_file
    ran index#serde_core@1.0.229 cfgs 
    ran index#serde@1.0.229 cfgs if_docsrs_then_no_serde_core
    ran pantry#0.1.0 cfgs 
    warning unused_variables: unused variable: \`unused\` at kiosk/src/main.rs:2:9
    succeeded true"
  `);
});

test('the same build on 1.97 says the same', () => {
  const targets = (name: string) =>
    parseCompilerMessages(fixture(name))
      .value.artifacts.map(({ target }) => target.name)
      .sort();
  expect(targets('build-1.97.jsonl')).toEqual(targets('build-1.95.jsonl'));
});

test('a build that fails: what rustc rendered is kept whole', () => {
  const { value } = parseCompilerMessages(fixture('failed-1.95.jsonl'));
  expect(value.succeeded).toBe(false);
  const error = value.diagnostics.find(diagnostic => diagnostic.level === 'error')!;
  expect(error.rendered).toMatchInlineSnapshot(`
    "error[E0599]: no method named \`wait\` found for struct \`Jar\` in the current scope
     --> kiosk/src/main.rs:4:46
      |
    4 |     println!("{} {} {:?} {}", jar.fruit, jar.wait(), option_env!("KIOSK_TOWN"), pantry::LABEL);
      |                                              ^^^^ method not found in \`Jar\`

    "
  `);
  expect(error.spans.filter(span => span.primary)).toMatchInlineSnapshot(`
    [
      {
        "endColumn": 50,
        "endLine": 4,
        "file": "kiosk/src/main.rs",
        "label": "method not found in \`Jar\`",
        "primary": true,
        "startColumn": 46,
        "startLine": 4,
      },
    ]
  `);
});

describe('between and inside the lines', () => {
  test('what others print is counted and not read', () => {
    const { value, problems } = parseCompilerMessages(`hello from a test\n${build}warning: not JSON\n`);
    expect(value.artifacts).toHaveLength(16);
    expect(problems).toEqual([{ what: "2 lines that are not cargo's" }]);
  });

  test('unknown reasons, cut lines and missing fields are problems', () => {
    const text = '{"reason":"timing-info"}\n{"reason":"compiler-artifact"}\n{"reason":"build-fin';
    expect(parseCompilerMessages(text).problems).toEqual([
      { what: 'a compiler-artifact line without the fields it should have', line: 2 },
      { what: 'a line that is not whole JSON', line: 3 },
      { what: 'unknown message `timing-info` (1 lines)' },
    ]);
  });

  test('cut off anywhere, every whole line counts, and any text at all is survived', () => {
    fc.assert(
      fc.property(fc.nat({ max: build.length }), length => {
        const text = build.slice(0, length);
        const whole = text.slice(0, text.lastIndexOf('\n') + 1);
        expect(parseCompilerMessages(text).value.artifacts.length).toBeGreaterThanOrEqual(
          whole.split('"compiler-artifact"').length - 1,
        );
      }),
      { numRuns: 60 },
    );
    fc.assert(fc.property(fc.array(fc.json()), lines => void parseCompilerMessages(lines.join('\n'))));
  });
});

function draw(messages: CompilerMessages): string {
  const name = (packageId: string) => packageId.slice(packageId.lastIndexOf('/') + 1);
  return [
    ...messages.artifacts.map(
      ({ packageId, target, features, fresh, executable, profile }) =>
        `${fresh ? 'fresh' : 'built'} ${name(packageId)} ${target.kind} ${target.name} [${features}] opt ${profile.optLevel} debug ${profile.debuginfo}${executable ? ` → ${executable}` : ''}`,
    ),
    ...messages.buildScriptRuns.map(({ packageId, cfgs }) => `ran ${name(packageId)} cfgs ${cfgs}`),
    ...messages.diagnostics.map(
      ({ level, code, message, spans }) =>
        `${level} ${code}: ${message} at ${spans.map(span => `${span.file}:${span.startLine}:${span.startColumn}`)}`,
    ),
    `succeeded ${messages.succeeded}`,
  ].join('\n');
}
