import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { runTool, type ToolCall } from './run-tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function sh(script: string, more: Partial<ToolCall> = {}) {
  return runTool({ program: '/bin/sh', args: ['-c', script], cwd: folder, env: process.env, ...more });
}

/** A dead process that its new parent has not reaped yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const state = existsSync('/proc/self') ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    return !/\) Z /.test(state);
  } catch {
    return false;
  }
}

describe('runTool', () => {
  test('gives what was printed and the exit code', async () => {
    const result = await sh('echo plum; echo stone >&2; exit 3');
    expect(result).toMatchObject({
      exitCode: 3,
      signal: null,
      stdout: 'plum\n',
      stderr: 'stone\n',
      cpuSeconds: null,
    });
  });

  test('gives lines as they come, whatever their chunks', async () => {
    const lines: string[] = [];
    const onStdoutLine = async (line: string) => {
      await sleep(1);
      lines.push(line);
    };
    await sh("printf 'gr'; sleep 0.05; printf 'ün\\r\\n\\nlast'", { onStdoutLine });
    expect(lines).toEqual(['grün', '', 'last']);
  });

  test('measures what children of the tool cost', async () => {
    const cpuFile = join(folder, 'times');
    const busy = 'sh -c "i=0; while [ \\$i -lt 100000 ]; do i=\\$((i+1)); done"';
    const result = await sh(`${busy}; exit 4`, { cpuFile });
    expect(result.exitCode).toBe(4);
    expect(result.cpuSeconds).toBeGreaterThan(0);
    expect(existsSync(cpuFile)).toBe(false);
  });

  test('ends a process that stayed behind', async () => {
    const result = await sh('sleep 60 & echo $!');
    expect(isAlive(Number(result.stdout))).toBe(false);
  });

  test('ends a tool that ignores being asked', async () => {
    const running = sh('trap "" TERM; echo ready; while :; do sleep 0.1; done', { deadlineMs: 300 });
    await expect(running).rejects.toMatchObject({ kind: 'timed-out' });
  });

  test('a handler that fails ends the tool and is heard', async () => {
    const onStdoutLine = () => {
      throw new Error('the basket is full');
    };
    await expect(sh('echo apple; sleep 60', { onStdoutLine })).rejects.toThrow('the basket is full');
  });

  test('a program that is not there', async () => {
    const call = { program: 'no-such-fruit', args: [], cwd: folder, env: process.env };
    await expect(runTool(call)).rejects.toMatchObject({
      kind: 'no-cargo',
      message: 'cannot start no-such-fruit (ENOENT)',
    });
  });
});
