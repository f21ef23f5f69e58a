import fc from 'fast-check';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { editToml, type TomlEdit } from './edit-toml.ts';

const dev: TomlEdit = { table: ['profile', 'dev'], key: 'debug', value: 'line-tables-only' };
const deps: TomlEdit = { table: ['profile', 'dev', 'package', '*'], key: 'debug', value: false };
const flags: TomlEdit = {
  ...{ table: ['target', 'x86_64-unknown-linux-gnu'], key: 'rustflags', append: true },
  value: ['-Clink-arg=-fuse-ld=mold'],
};

/** What an edit makes of texts, each below the other. */
function drawn(edit: TomlEdit, texts: readonly string[]): string {
  return texts
    .map(text => {
      const { text: edited, problem } = editToml(text, edit);
      return `${text.trimEnd()}\n    becomes\n${problem === null ? edited.trimEnd() : `(${problem})`}\n`;
    })
    .join('\n');
}

test('a value is replaced, added to its table, or gets a table at the end', () => {
  const texts = [
    '[package]\nname = "x"\n',
    '[profile.dev] # fast\nopt-level = 1 # for the tests\n\n[profile.release]\nlto = true\n',
    '[profile.dev]\n  debug = 2 # for gdb\n',
    '[profile.dev]\n[profile.release]\n',
    '[profile]\ndev.opt-level = 1 # so\nrelease.lto = true\n',
    'profile.dev = { opt-level = 1 }\n',
    'profile = { dev = { opt-level = 1, debug = 1 } }\n',
    'profile = { release = {} } # no dev\n',
    '[profile.dev.package."*"]\nopt-level = 3\n',
    '"profile".\'dev\'."debug" = true\n',
    'profile = 3\n',
    '[[profile]]\n',
    'a =\n',
  ];
  expect(drawn(dev, texts)).toMatchInlineSnapshot(`
    "[package]
    name = "x"
        becomes
    [package]
    name = "x"

    [profile.dev]
    debug = "line-tables-only"

    [profile.dev] # fast
    opt-level = 1 # for the tests

    [profile.release]
    lto = true
        becomes
    [profile.dev] # fast
    opt-level = 1 # for the tests
    debug = "line-tables-only"

    [profile.release]
    lto = true

    [profile.dev]
      debug = 2 # for gdb
        becomes
    [profile.dev]
      debug = "line-tables-only" # for gdb

    [profile.dev]
    [profile.release]
        becomes
    [profile.dev]
    debug = "line-tables-only"
    [profile.release]

    [profile]
    dev.opt-level = 1 # so
    release.lto = true
        becomes
    [profile]
    dev.opt-level = 1 # so
    dev.debug = "line-tables-only"
    release.lto = true

    profile.dev = { opt-level = 1 }
        becomes
    profile.dev = { opt-level = 1, debug = "line-tables-only" }

    profile = { dev = { opt-level = 1, debug = 1 } }
        becomes
    profile = { dev = { opt-level = 1, debug = "line-tables-only" } }

    profile = { release = {} } # no dev
        becomes
    profile = { release = {}, dev.debug = "line-tables-only" } # no dev

    [profile.dev.package."*"]
    opt-level = 3
        becomes
    [profile.dev.package."*"]
    opt-level = 3

    [profile.dev]
    debug = "line-tables-only"

    "profile".'dev'."debug" = true
        becomes
    "profile".'dev'."debug" = "line-tables-only"

    profile = 3
        becomes
    (\`profile.dev.debug\` lies in a list of tables or in something that is no table)

    [[profile]]
        becomes
    (\`profile.dev.debug\` lies in a list of tables or in something that is no table)

    a =
        becomes
    (it cannot be read as TOML: Unspecified values are invalid)
    "
  `);
});

test('the names of packages are quoted where they must be', () => {
  expect(drawn(deps, ['', '[profile.dev.package]\n"*".opt-level = 3\n'])).toMatchInlineSnapshot(`
    "
        becomes
    [profile.dev.package."*"]
    debug = false

    [profile.dev.package]
    "*".opt-level = 3
        becomes
    [profile.dev.package]
    "*".opt-level = 3
    "*".debug = false
    "
  `);
});

test('items are added to a list, or to a text that is one', () => {
  const header = '[target.x86_64-unknown-linux-gnu]\n';
  const texts = [
    `${header}linker = "clang"\n`,
    `${header}rustflags = []\n`,
    `${header}rustflags = [\n  "-Ctarget-cpu=native", # ours\n]\n`,
    `${header}rustflags = "-g -O"\n`,
    `${header}rustflags = 3\n`,
  ];
  expect(drawn(flags, texts)).toMatchInlineSnapshot(`
    "[target.x86_64-unknown-linux-gnu]
    linker = "clang"
        becomes
    [target.x86_64-unknown-linux-gnu]
    linker = "clang"
    rustflags = ["-Clink-arg=-fuse-ld=mold"]

    [target.x86_64-unknown-linux-gnu]
    rustflags = []
        becomes
    [target.x86_64-unknown-linux-gnu]
    rustflags = ["-Clink-arg=-fuse-ld=mold"]

    [target.x86_64-unknown-linux-gnu]
    rustflags = [
      "-Ctarget-cpu=native", # ours
    ]
        becomes
    [target.x86_64-unknown-linux-gnu]
    rustflags = [
      "-Ctarget-cpu=native", "-Clink-arg=-fuse-ld=mold", # ours
    ]

    [target.x86_64-unknown-linux-gnu]
    rustflags = "-g -O"
        becomes
    [target.x86_64-unknown-linux-gnu]
    rustflags = "-g -O -Clink-arg=-fuse-ld=mold"

    [target.x86_64-unknown-linux-gnu]
    rustflags = 3
        becomes
    (what is there is no list)
    "
  `);
});

const name = fc.constantFrom('opt-level', 'debug', 'lto', 'panic', 'inherits');
const value = fc.constantFrom(
  '0',
  'true',
  '"s"',
  "'raw'",
  '[1, 2]',
  '1_000',
  '[\n  1,\n]',
  '"""\ntwo\nlines"""',
);
const space = fc.constantFrom('', ' ', '\t', ' # a comment = [x]', '  # "');
const entry = fc.tuple(name, value, space).map(([key, text, after]) => `${key} = ${text}${after}`);
const body = fc.uniqueArray(entry, { selector: line => line.split(' ')[0], maxLength: 3 });
const table = fc.constantFrom(
  ...['[package]', '[profile.dev]', ' [ profile . "dev" ]', '[profile.release]', '[profile.dev.package.syn]'],
  ...['[[bin]]', "[profile.dev.package.'*']", '[dependencies]', '# [profile.dev]'],
);
const manifest = fc
  .tuple(
    fc.uniqueArray(fc.tuple(table, body), {
      selector: ([header]) => header.replace(/[ "']/g, ''),
      maxLength: 5,
    }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([tables, lineEnd, ended]) => {
    const lines = tables.flatMap(([header, entries]) => [
      header,
      ...(header.startsWith('#') ? [] : entries),
      '',
    ]);
    return lines.join('\n').replaceAll('\n', lineEnd) + (ended ? lineEnd : '');
  });

test('nothing else changes: not a value, and not a byte outside of one place', () => {
  fc.assert(
    fc.property(manifest, fc.constantFrom(dev, deps), (text, edit) => {
      const { text: edited } = editToml(text, edit);
      expect(edited).not.toBe(null);
      const expected = parse(text) as Record<string, unknown>;
      let at = expected;
      for (const key of edit.table) {
        at[key] ??= {};
        at = at[key] as Record<string, unknown>;
      }
      at[edit.key] = edit.value;
      expect(parse(edited!)).toEqual(expected);
      let head = 0;
      while (head < text.length && text[head] === edited![head]) head++;
      let tail = 0;
      while (tail < text.length - head && text.at(-1 - tail) === edited!.at(-1 - tail)) tail++;
      const replaced = text.slice(head, text.length - tail);
      expect(replaced.includes('\n') && !/[[\]"]/.test(replaced)).toBe(false);
      if (text.includes('\r\n')) expect(edited!.replaceAll('\r\n', '')).not.toMatch(/^[^"]*\n/);
    }),
    { numRuns: 1000 },
  );
});

test('the same edit again changes nothing', () => {
  fc.assert(
    fc.property(manifest, text => {
      const once = editToml(text, dev).text!;
      expect(editToml(once, dev).text).toBe(once);
    }),
  );
});
