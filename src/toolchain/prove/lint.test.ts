import { expect, test } from 'vitest';
import { isUnused, readLint } from './lint.ts';

// Shapes of `cargo check --all-targets --message-format=json` with `--force-warn unused-crate-dependencies`, cargo and rustc 1.95.0.
const artifact = (kind: string, name: string) =>
  JSON.stringify({ reason: 'compiler-artifact', package_id: 'app', target: { kind: [kind], name } });
const unused = (kind: string, name: string, crate: string) =>
  JSON.stringify({
    reason: 'compiler-message',
    package_id: 'app',
    target: { kind: [kind], name },
    message: {
      message: `extern crate \`${crate}\` is unused in crate \`${name}\``,
      code: { code: 'unused_crate_dependencies' },
    },
  });

test('a dependency is unused when every target that is given it says so', () => {
  const linted = readLint([
    ...[unused('lib', 'app', 'log'), unused('lib', 'app', 'json'), artifact('lib', 'app')],
    ...[unused('test', 'all', 'log'), artifact('test', 'all')],
    ...[unused('custom-build', 'build-script-build', 'cc'), artifact('custom-build', 'build-script-build')],
    'no JSON',
  ]);
  const of = (section: string, name: string) => isUnused(linted, 'app', section, name);
  expect({
    log: of('dependencies', 'log'),
    'json, which a test uses': of('dependencies', 'json'),
    'used, which nobody complains of': of('dependencies', 'used'),
    'cc of the build script': of('build-dependencies', 'cc'),
    'log of the build script': of('build-dependencies', 'log'),
    'of another package': isUnused(linted, 'other', 'dependencies', 'log'),
  }).toMatchInlineSnapshot(`
    {
      "cc of the build script": true,
      "json, which a test uses": false,
      "log": true,
      "log of the build script": false,
      "of another package": false,
      "used, which nobody complains of": false,
    }
  `);
});
