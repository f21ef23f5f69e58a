import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { watchBuildScripts } from './script-watch.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-script-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasMake = process.platform === 'linux' && spawnSync('make', ['--version']).status === 0;

/** A shell in the place of a build script, as cargo starts one, which runs `command`; looked at until it ends. */
async function watched(command: string, environment: Readonly<Record<string, string>> = {}) {
  // A process is known by its program's name, and a shell script's program is the shell.
  const script = join(folder, 'build-script-build');
  copyFileSync('/bin/sh', script);
  // Works until it was looked at often enough: on a busy machine a fixed amount of work may be over before the first look.
  const enough = join(folder, 'enough');
  rmSync(enough, { force: true });
  const work = 'while [ ! -e enough ]; do :; done';
  writeFileSync(join(folder, 'Makefile'), `all: a b\na b:\n\t@${work}\n`);
  const watch = watchBuildScripts(process.pid);
  const child = spawn(script, ['-c', `${command.replace('WORK', work)}; exit 0`], {
    cwd: folder,
    env: { ...process.env, CARGO_PKG_NAME: 'native-sys', CARGO_PKG_VERSION: '1.2.3', ...environment },
    stdio: 'ignore',
  });
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  while (!ended) {
    watch.look(Date.now());
    const seen = watch.runs()[0];
    if (seen !== undefined && seen.looks >= 20 && seen.cpuSeconds - seen.firstCpuSeconds > 0.1)
      writeFileSync(enough, '');
    await sleep(10);
  }
  watch.look(Date.now());
  return watch.runs().map(({ packageName, version, looks, dividedLooks, ownJobs, ...run }) => ({
    package: `${packageName} ${version}`,
    divided: dividedLooks === 0 ? 'never' : dividedLooks > looks / 2 ? 'mostly' : 'sometimes',
    jobs: ownJobs ? 'its own' : 'not its own',
    cpu: run.cpuSeconds - run.firstCpuSeconds > 0.05 ? 'counted' : 'none',
  }));
}

test.skipIf(!hasMake)('a script that runs `make -j1` could use more jobs', async () => {
  expect(await watched('make -j1')).toMatchInlineSnapshot(`
    [
      {
        "cpu": "counted",
        "divided": "mostly",
        "jobs": "its own",
        "package": "native-sys 1.2.3",
      },
    ]
  `);
});

test.skipIf(!hasMake)('one whose `make` knows of no jobs could not', async () => {
  expect(await watched('make', { MAKEFLAGS: '' })).toMatchInlineSnapshot(`
    [
      {
        "cpu": "counted",
        "divided": "never",
        "jobs": "not its own",
        "package": "native-sys 1.2.3",
      },
    ]
  `);
});

test.skipIf(process.platform !== 'linux')('nor one that runs no `make`', async () => {
  expect(await watched('WORK')).toMatchInlineSnapshot(`
    [
      {
        "cpu": "counted",
        "divided": "never",
        "jobs": "not its own",
        "package": "native-sys 1.2.3",
      },
    ]
  `);
});

test('a system that tells nothing has no runs', () => {
  const watch = watchBuildScripts(2 ** 30);
  watch.look(0);
  expect(watch.runs()).toEqual([]);
});
