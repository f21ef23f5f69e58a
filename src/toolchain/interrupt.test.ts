import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  drawUnits,
  makeScratchWorkspace,
  pass,
  type ScratchWorkspace,
  treeDigest,
} from './scratch-workspace.ts';

const workspaces: ScratchWorkspace[] = [];

afterEach(() => {
  for (const workspace of workspaces.splice(0)) workspace.remove();
});

/** A member without a lock file whose build script says that it has begun, and then sleeps for a minute. */
function sleepy(): ScratchWorkspace {
  const workspace = makeScratchWorkspace({
    'Cargo.toml': '[package]\nname = "poppy"\nversion = "0.1.0"\nedition = "2021"\n',
    'src/lib.rs': 'pub async fn doze() {}\n',
    'build.rs': `fn main() {
    let started = std::path::Path::new(&std::env::var("OUT_DIR").unwrap()).join("../../../started");
    std::fs::write(started, "").unwrap();
    std::thread::sleep(std::time::Duration::from_secs(60));
}
`,
  });
  workspaces.push(workspace);
  return workspace;
}

const room = new URL('.', import.meta.url).href;

/** Another Node process that runs `body` with the room's functions at hand. */
function drive(workspace: ScratchWorkspace, body: string): ChildProcess {
  const script = `
    import { runPass } from ${JSON.stringify(`${room}instrumented-pass.ts`)};
    import { plainSelection } from ${JSON.stringify(`${room}pass-options.ts`)};
    const start = () => runPass({
      directory: ${JSON.stringify(workspace.root)}, selection: plainSelection, pass: 'check', mir: true,
      assayVersion: '0.0.0', env: process.env,
    });
    ${body}`;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: join(import.meta.dirname, '../..'),
    env: workspace.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const reportKind =
  'await start().catch(error => { console.log(error.kind); process.exitCode = error.exitCode; });';

async function untilStarted(workspace: ScratchWorkspace): Promise<void> {
  const started = join(workspace.root, 'target/assay/cargo/debug/started');
  while (!existsSync(started)) await sleep(20);
}

async function ended(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly output: string }> {
  let output = '';
  child.stdout?.on('data', chunk => {
    output += String(chunk);
  });
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
  return { code, output: output.trim() };
}

/** Command lines of processes that name the workspace; empty where /proc is missing. */
function processesOf(workspace: ScratchWorkspace): readonly string[] {
  const found: string[] = [];
  for (const pid of existsSync('/proc/self') ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (command.includes(workspace.root)) found.push(command);
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

function leftovers(workspace: ScratchWorkspace): readonly string[] {
  const paths = treeDigest(workspace.root, path => path === 'target/assay/cargo').map(
    line => line.split(' ')[0]!,
  );
  return paths.filter(path => /\.new|\/lock$|^Cargo\.lock|cpu-times|\.aside/.test(path));
}

describe('an interrupted pass', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends every process and leaves nothing half done',
    async signal => {
      const workspace = sleepy();
      const child = drive(workspace, reportKind);
      const end = ended(child);
      await untilStarted(workspace);
      expect(processesOf(workspace)).not.toEqual([]);
      child.kill(signal);
      expect(await end).toEqual({ code: 130, output: 'interrupted' });
      expect(processesOf(workspace)).toEqual([]);
      expect(leftovers(workspace)).toEqual([]);

      workspace.write('build.rs', 'fn main() {}\n');
      const { result } = await pass(workspace);
      expect(drawUnits(result)).toBe('poppy 0.1.0 lib 1');
    },
  );

  test('an error that nobody caught ends every process too', async () => {
    const workspace = sleepy();
    const child = drive(
      workspace,
      `start();
       process.on('SIGUSR2', () => { throw new Error('nobody catches this'); });`,
    );
    const end = ended(child);
    await untilStarted(workspace);
    child.kill('SIGUSR2');
    expect((await end).code).toBe(1);
    // SIGKILL was sent; the kernel may need a moment to reap.
    while (processesOf(workspace).length > 0) await sleep(20);
    expect(leftovers(workspace)).toEqual([]);
  });

  test('the caller can stop it', async () => {
    const workspace = sleepy();
    const stop = new AbortController();
    const running = pass(workspace, {}, { signal: stop.signal }).catch(
      (error: { kind?: string }) => error.kind,
    );
    await untilStarted(workspace);
    stop.abort();
    expect(await running).toBe('interrupted');
    expect(processesOf(workspace)).toEqual([]);
    expect(leftovers(workspace)).toEqual([]);
  });
});
