import { expect, test } from 'vitest';
import { manifestLine } from './manifest-line.ts';

const manifest = `[package]
name = "tokio"

[workspace.dependencies]
tokio = "1"

[dependencies]
bytes = "1"
tokio = { workspace = true }
old-tokio = { version = "0.2", package = "tokio" }
async-io.workspace = true

[target.'cfg(unix)'.dependencies]
"smol" = "2"

[dependencies.mail]
version = "1"

[dev-dependencies]
tokio = "1"
`;

/** The line with what is found underlined. */
function draw(name: string, externName = name, kind: 'normal' | 'dev' | 'build' = 'normal'): string {
  const found = manifestLine('Cargo.toml', manifest, { name, externName, kind });
  if (found === null) return 'not found';
  const line = manifest.split('\n')[found.startLine - 1];
  const marks = ' '.repeat(found.startColumn - 1) + '^'.repeat(found.endColumn - found.startColumn);
  return `${found.startLine}\n${line}\n${marks}`;
}

test('a dependency by its name, its section and its table', () => {
  expect(
    [
      draw('tokio'),
      draw('tokio', 'tokio', 'dev'),
      draw('mail'),
      draw('smol'),
      draw('async-io', 'async_io'),
    ].join('\n'),
  ).toMatchInlineSnapshot(`
    "9
    tokio = { workspace = true }
    ^^^^^
    20
    tokio = "1"
    ^^^^^
    16
    [dependencies.mail]
                  ^^^^
    14
    "smol" = "2"
    ^^^^^^
    11
    async-io.workspace = true
    ^^^^^^^^"
  `);
});

test('a dependency that the manifest gives another name', () => {
  expect(draw('tokio', 'old_tokio')).toMatchInlineSnapshot(`
    "10
    old-tokio = { version = "0.2", package = "tokio" }
    ^^^^^^^^^"
  `);
});

test('what is not asked for in that section is not found', () => {
  expect(draw('tokio', 'tokio', 'build')).toBe('not found');
  expect(draw('version')).toBe('not found');
});
