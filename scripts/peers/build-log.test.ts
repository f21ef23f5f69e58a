import { expect, test } from 'vitest';
import { readBuildLog } from './build-log.ts';

/** A log of units `NAME KIND START META END <- DEPENDENCIES`; META `-` where there is none. */
function logOf(text: string): string {
  const events = text
    .trim()
    .split('\n')
    .flatMap((line, index) => {
      const [unit = '', needs = ''] = line.split('<-');
      const [name, kind, start, metadata, end] = unit.trim().split(' ');
      const run = kind === 'run';
      return [
        {
          reason: 'unit-registered',
          index,
          package_id: `registry+x#${name}@1.0.0`,
          mode: run ? 'run-custom-build' : 'build',
          target: { kind: run ? 'custom-build' : kind },
          dependencies: needs.trim() === '' ? [] : needs.trim().split(' ').map(Number),
        },
        { reason: 'unit-started', index, elapsed: Number(start) },
        ...(metadata === '-' ? [] : [{ reason: 'unit-rmeta-finished', index, elapsed: Number(metadata) }]),
        { reason: 'unit-finished', index, elapsed: Number(end) },
      ];
    });
  return `${events.map(event => JSON.stringify(event)).join('\n')}\n`;
}

const metadata = JSON.stringify({
  packages: [
    { id: 'registry+x#derive@1.0.0', targets: [{ kind: ['custom-build'] }, { kind: ['proc-macro'] }] },
  ],
});

test('a proc macro, which the log calls a library, waits for all that is linked into it', () => {
  const log = logOf(`
    syn lib 0 2 3
    derive lib 3 - 4 <- 0
    serde lib 4 5 6 <- 1`);
  const { chainSeconds, chain } = readBuildLog(log, metadata);
  expect([chainSeconds, ...chain]).toEqual([6, 'syn lib', 'derive proc-macro', 'serde lib']);
});

test('a library waits for metadata, a binary for all that is linked into it', () => {
  const log = logOf(`
    a lib 0.5 1.5 4.5
    b lib 2.0 3.0 3.5 <- 0
    c bin 5.0 - 6.0 <- 1`);
  expect(readBuildLog(log, metadata)).toEqual({
    started: 3,
    firstStartSeconds: 0.5,
    lastEndSeconds: 6,
    workSeconds: 6.5,
    // a's 4 s to its end and c; b's metadata was there after 2 s, b after 2.5 s.
    chainSeconds: 5,
    chain: ['a lib', 'c bin'],
  });
});

test('a build script is linked, run, and waited for', () => {
  const log = logOf(`
    cc lib 0 1 2
    sys custom-build 2 - 3 <- 0
    sys run 3 - 10 <- 1
    sys lib 10 11 12 <- 2
    use lib 11 12 13 <- 3`);
  const { chainSeconds, chain } = readBuildLog(log, metadata);
  expect([chainSeconds, ...chain]).toEqual([
    13,
    'cc lib',
    'sys build script',
    'sys build script (run)',
    'sys lib',
    'use lib',
  ]);
});
