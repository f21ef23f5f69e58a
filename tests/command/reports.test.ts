import { lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { reportOf, runAssay } from './run-assay.ts';
import { freshFolder, heldGuardCrate, heldGuardSource } from './sample-workspace.ts';

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../schema/assay-report-1.json'), 'utf8'),
);
const shopEvidence = resolve(import.meta.dirname, '../../examples/shop.assay');

describe('formats', () => {
  test('text, as rustc would say it', async () => {
    const run = await runAssay(['async', '-q'], { cwd: heldGuardCrate() });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatchInlineSnapshot(`
      "error: \`std::sync::MutexGuard\` \`total\` is held across an await
       --> src/lib.rs:6:9
        |
      6 |     let total = ledger.lock().unwrap();
        |         ^^^^^          ---- \`lock\` takes the lock here
        |         |
        |         lives across an await
      7 |     io().await;
        |          ----- held across this await
      8 |     *total
      9 | }
        | - dropped here
        |
        = note: while this future is suspended the lock stays taken: another task that asks for it on the same thread blocks that thread, and then nobody can resume this future
        = help: end its scope, or \`drop\` it, before the await
        = help: if the lock must be held over the await, use an async one (\`tokio::sync::Mutex\`)
        = note: \`async/guard-held-across-await\`, proved
      "
    `);
  });

  test('the JSON report is what its published schema says', async () => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (const args of [['async'], ['build'], []]) {
      const report = await reportOf(args, { cwd: heldGuardCrate() });
      expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  test('the extension of the file names the format', async () => {
    const folder = heldGuardCrate();
    const starts: string[] = [];
    for (const name of ['r.json', 'r.sarif', 'r.md', 'r.html', 'r.txt']) {
      const run = await runAssay(['async', '-o', name, '--fail-on', 'never'], { cwd: folder });
      expect(run.exitCode, run.stderr).toBe(0);
      starts.push(`${name}: ${readFileSync(join(folder, name), 'utf8').slice(0, 40).split('\n')[0]}`);
    }
    expect(starts.join('\n')).toMatchInlineSnapshot(`
      "r.json: {
      r.sarif: {
      r.md: ## Assay: 1 error
      r.html: <!doctype html>
      r.txt: error: \`std::sync::MutexGuard\` \`total\` i"
    `);
  });

  test.skipIf(process.platform === 'win32')('a pipe is written into, and a link stays a link', async () => {
    const { execFileSync, spawn } = await import('node:child_process');
    const folder = freshFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const readPipe = async (args: readonly string[], cwd: string): Promise<Buffer> => {
      const reader = spawn('cat', [pipe]);
      const chunks: Buffer[] = [];
      reader.stdout.on('data', chunk => chunks.push(chunk));
      const end = new Promise(resolve => reader.on('close', resolve));
      const run = await runAssay([...args, '-o', pipe, '-q'], { cwd });
      expect(run.exitCode, run.stderr).toBe(0);
      // Where a file has taken the pipe's place nobody writes, and the reader would wait for ever.
      expect(lstatSync(pipe).isFIFO()).toBe(true);
      await end;
      return Buffer.concat(chunks);
    };
    const crate = heldGuardCrate();
    const report = await readPipe(['async', '--fail-on', 'never', '--format', 'json'], crate);
    expect(JSON.parse(report.toString()).schema).toBe('assay-report/1');
    const evidence = join(folder, 'orchard.assay');
    writeFileSync(evidence, await readPipe(['collect'], crate));
    expect((await reportOf(['async', '--from', evidence], { cwd: folder })).findings).toHaveLength(1);

    symlinkSync('report.json', join(folder, 'link'));
    writeFileSync(join(folder, 'report.json'), 'old');
    await runAssay(['async', '--from', evidence, '--format', 'json', '-o', 'link', '-q'], { cwd: folder });
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'report.json'), 'utf8')).toContain('assay-report/1');
  });

  test('a reader that goes away is no error', async () => {
    const { spawnSync } = await import('node:child_process');
    const bin = resolve(import.meta.dirname, '../../bin/assay.js');
    const piped = spawnSync(
      'sh',
      ['-c', `node "${bin}" --from "${shopEvidence}" -v --format json --fail-on never | head -n 1`],
      { encoding: 'utf8' },
    );
    expect(`${piped.stdout}${piped.stderr.replace(/^assay: .*\n/gm, '')}`).toBe('{\n');
  });
});

describe('what a team knows already', () => {
  test('a baseline lets only new findings fail', async () => {
    const folder = heldGuardCrate();
    const first = await runAssay(['async', '-q', '--write-baseline', 'known.json'], { cwd: folder });
    expect(first.exitCode).toBe(1);
    expect((await runAssay(['async', '-q', '--baseline', 'known.json'], { cwd: folder })).exitCode).toBe(0);

    // Lines move, and one hazard more appears.
    const more = heldGuardSource
      .replaceAll('held(', 'held_again(')
      .replaceAll('released(', 'released_again(');
    writeFileSync(
      join(folder, 'src/lib.rs'),
      `//! An orchard.\n\n${heldGuardSource}\nmod more {\n    use super::*;\n${more.replace(/use [^\n]*\n|async fn io\(\) {}\n/g, '')}}\n`,
    );
    const report = await reportOf(['async', '--baseline', 'known.json'], { cwd: folder });
    expect(report.findings.map(finding => `${finding.function}: ${finding.baseline}`)).toMatchInlineSnapshot(`
      [
        "orchard::held: unchanged",
        "orchard::more::held_again: new",
      ]
    `);
    expect((await runAssay(['async', '-q', '--baseline', 'known.json'], { cwd: folder })).exitCode).toBe(1);
  });

  test('an allow with a reason, and one without', async () => {
    const line = '    let total = ledger.lock().unwrap();\n    io()';
    const allow = '    // assay: allow(async/guard-held-across-await)';
    const allowed = heldGuardCrate('ws', {
      'src/lib.rs': heldGuardSource.replace(line, `${allow}: only one task runs\n${line}`),
    });
    const run = await runAssay(['async'], { cwd: allowed });
    expect(`exit ${run.exitCode}\n${run.stdout}`).toMatchInlineSnapshot(`
      "exit 0
      Async
        No hazard found in 3 async bodies with 2 awaits, besides 1 allowed in the source.

        functions read  6
        async bodies    3  async functions, blocks and closures
        awaits          2  points where a body can be suspended

        Guards held across an await, by kind
        kind       guards
        sync-lock       1

      assay: no findings (1 suppressed)
      "
    `);
    const reasonless = heldGuardCrate('ws', {
      'src/lib.rs': heldGuardSource.replace(line, `${allow}\n${line}`),
    });
    const report = await reportOf(['async'], { cwd: reasonless });
    expect(report.findings.map(finding => `${finding.severity} ${finding.rule}`)).toMatchInlineSnapshot(`
      [
        "error async/guard-held-across-await",
        "warning async/allow-without-reason",
      ]
    `);
  });
});

describe('a second run', () => {
  test('reuses what is fresh, says so, and reports the same', async () => {
    const folder = heldGuardCrate();
    const first = await runAssay(['--format', 'json', '--fail-on', 'never'], { cwd: folder });
    const second = await runAssay(['--format', 'json', '--fail-on', 'never'], { cwd: folder });
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain('nothing changed since the last pass');
  });

  test('after an edit only that is compiled, and the other crate’s facts are kept', async () => {
    const folder = heldGuardCrate('ws', {
      'Cargo.toml': '[workspace]\nmembers = ["apple", "pear"]\nresolver = "2"\n',
      'apple/Cargo.toml': '[package]\nname = "apple"\nversion = "0.1.0"\nedition = "2021"\n',
      'apple/src/lib.rs': heldGuardSource,
      'pear/Cargo.toml': '[package]\nname = "pear"\nversion = "0.1.0"\nedition = "2021"\n',
      'pear/src/lib.rs': heldGuardSource,
    });
    const places = (report: Report): string[] =>
      report.findings.map(({ location }) => `${location.file}:${location.startLine}`);
    expect(places(await reportOf(['async', '--workspace'], { cwd: folder }))).toEqual([
      'apple/src/lib.rs:6',
      'pear/src/lib.rs:6',
    ]);
    writeFileSync(join(folder, 'pear/src/lib.rs'), `\n\n${heldGuardSource}`);
    expect(places(await reportOf(['async', '--workspace'], { cwd: folder }))).toEqual([
      'apple/src/lib.rs:6',
      'pear/src/lib.rs:8',
    ]);
    writeFileSync(join(folder, 'pear/src/lib.rs'), 'pub fn ripe() {}\n');
    expect(places(await reportOf(['async', '--workspace'], { cwd: folder }))).toEqual(['apple/src/lib.rs:6']);
  });
});

describe('recorded evidence', () => {
  test('gives the same report, byte for byte, as the workspace', async () => {
    const folder = heldGuardCrate();
    const collected = await runAssay(['collect', '-o', 'orchard.assay'], { cwd: folder });
    expect(collected.exitCode, collected.stderr).toBe(0);
    for (const format of ['json', 'text', 'sarif', 'markdown', 'html']) {
      const flags = ['--format', format, '--fail-on', 'never', '-v'];
      const live = await runAssay(flags, { cwd: folder });
      const elsewhere = freshFolder();
      const recorded = await runAssay(['--from', join(folder, 'orchard.assay'), ...flags], {
        cwd: elsewhere,
      });
      expect(recorded.stdout).toBe(live.stdout);
    }
  });

  test('of the example is what the README shows, piece by piece', async () => {
    const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
    const transcript = /```text\n\$ cargo assay\n([\s\S]*?)```/.exec(readme)![1]!;
    const { stdout, stderr } = await runAssay(['--from', shopEvidence], { cwd: freshFolder() });
    const printed = `${stdout}${stderr}`;
    const pieces = transcript.split('[…]\n').map(piece => piece.trim());
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.filter(piece => !printed.includes(piece))).toEqual([]);
  });

  test('of the example, on a machine without cargo', async () => {
    const run = await runAssay(['async', '--from', shopEvidence, '--note', 'CI run 7'], {
      cwd: freshFolder(),
      env: { PATH: '/nonexistent' },
    });
    expect(run.exitCode).toBe(1);
    const summary = run.stdout
      .split('\n')
      .filter(line => /^(error|warning|note|assay)|^ *--> |CI run/.test(line));
    expect(summary.join('\n')).toMatchInlineSnapshot(`
      "error: \`std::sync::MutexGuard\` in \`sale\` is held across an await
        --> shop-server/src/checkout.rs:57:9
      error: \`dashmap::mapref::one::RefMut\` \`quoted\` is held across an await
        --> shop-server/src/quotes.rs:36:21
      error: \`tracing::span::Entered\` \`_entered\` is held across an await
        --> shop-server/src/restock.rs:32:9
      error: \`std::cell::Ref\` \`basket\` is held across an await
         --> shop-server/src/session.rs:117:21
      error: \`parking_lot::lock_api::MutexGuard\` \`counts\` is held across an await
        --> shop-server/src/statistics.rs:44:13
      error: \`std::sync::MutexGuard\` in a temporary is held across an await
        --> shop-server/src/watchers.rs:24:15
      note: 2 × \`tokio::sync::MutexGuard\` \`file\` is held across an await, which its design allows (\`async/guard-held-across-await\`, proved)
      note: \`tokio::sync::MutexGuard\` in a temporary is held across an await, which its design allows (\`async/guard-held-across-await\`, proved, at shop-server/src/session.rs:154:9)
      note: CI run 7
      assay: 6 errors, 3 notes (1 suppressed); 5 unknowns"
    `);
  });
});

describe('where a build’s times come from', () => {
  for (const [source, env] of [
    ['cargo’s build log', {}],
    ['the --timings page', { ASSAY_EVENTS: 'timings-html' }],
    ['the wrapper’s own marks', { ASSAY_EVENTS: 'wrapper' }],
  ] as const) {
    test(source, async () => {
      const folder = heldGuardCrate('ws', { 'src/main.rs': 'fn main() {}\n' });
      const report = await reportOf(['build'], { cwd: folder, env });
      const timeline = report.build?.blocks.find(block => block.kind === 'timeline');
      expect(timeline?.bars.map(bar => `${bar.label} ${bar.detail}`).toSorted()).toEqual([
        'orchard 0.1.0 bin "orchard"',
        'orchard 0.1.0 lib',
      ]);
      for (const bar of timeline!.bars) expect(bar.endSeconds).toBeGreaterThan(bar.startSeconds);
    });
  }
});

describe('the command itself', () => {
  test('cargo passes its own word first', async () => {
    const folder = freshFolder();
    const plain = await runAssay(['--help'], { cwd: folder });
    const byCargo = await runAssay(['assay', '--help'], { cwd: folder });
    expect(byCargo.stdout).toBe(plain.stdout);
    expect(plain.stdout).toMatchInlineSnapshot(`
      "cargo-assay 0.1.0
      What your Rust code costs and risks beyond what the compiler says, from the compiler’s own evidence.

      Usage: cargo assay [VERB] [PATH] [FLAGS]

      Verbs:
        [PATH]                    All areas that apply to the workspace, one report
        build [PATH]              Where the time of a build goes, what its floor is, what would change it
        build diff BEFORE AFTER…  What got slower or faster between two builds
        tune [PATH]               Measures settings by experiment and offers the patch that won
        async [PATH]              Async hazards that the type checker does not see
        collect -o FILE [PATH]    Record the evidence in one compressed file, to judge it elsewhere
        explain RULE              What a rule finds, why it matters, what it cannot see

      Report:
            --format FORMAT           text, json, sarif, markdown, html; summary (a line of Markdown), prometheus; of a build trace
                                      (Chrome’s), speedscope [default: by FILE’s extension, else text]
        -o, --output FILE             Write the report to FILE
            --fail-on LEVEL           Exit with 1 from this severity on: error, warning, note, never [default: error]
            --baseline FILE           Let only findings that are not in FILE fail the run
            --write-baseline FILE     Write the findings of this run as a baseline
            --note TEXT               A line of yours that the report carries, e.g. the number of the CI run
            --watch                   With --format json: judge again after each change, a line of JSON each (async)
            --from FILE               Judge evidence recorded by \`assay collect\`
            --audit                   List every select!, timeout, task and lock with its verdict (async)
            --require-audited         Fail on a select! or timeout that is neither proved nor allowed (async)
            --deep                    Read the MIR of dependencies too: what blocks in them, what their futures lose (async)
            --what-if CHANGE          Predict the build with a change: jobs=8, cores=8, without=PACKAGE, faster=PACKAGE:2, split=PACKAGE:2, … (build)
            --scenario SCENARIO       Measure this too: clean, check, test, release, no-op, edit:FILE, edit-api:FILE (build)
            --edits                   What edits cost: how often git saw each file change, times what that builds again (build)
            --prove                   Compile without each dependency and feature that seems unused, on a copy (build)
            --advise                  The changes worth most for their effort (build)
            --inside                  Profile rustc itself: time by phase, query, macro and generic function (build)
            --traces DIRECTORY        With --inside: what rustc did in each member, for speedscope and Perfetto (build)

      Tuning:
            --keep WHAT               What no setting may cost: debuginfo, dependency-debuginfo, backtraces, unwinding, stable-toolchain,
                                      release-code, or nothing [default: all but dependency-debuginfo] (tune)
            --budget TIME             Time for the experiment: 90s, 15m, 2h [default: 15m] (tune)
            --try SETTING             Try only this setting (tune)
            --again                   Forget what was measured before (tune)
            --apply                   Write the best settings into Cargo.toml and .cargo/config.toml (tune)
            --undo                    Take back what --apply wrote last (tune)

      Package selection:
        -p, --package SPEC            Package to look at (as cargo)
            --workspace               All packages of the workspace
            --exclude SPEC            Leave packages out (with --workspace)

      Target selection:
            --all-targets             Tests, examples and benches too; what only tests meet is a note
            --lib                     Only the library
            --bins                    All binaries
            --bin NAME                This binary
            --examples                All examples
            --example NAME            This example
            --tests                   All targets that have tests
            --test NAME               This test target
            --benches                 All targets that have benches
            --bench NAME              This bench target

      Features:
        -F, --features FEATURES       Features to activate
            --all-features            Activate all features
            --no-default-features     Do not activate the default feature

      Compilation:
            --release                 Build with the release profile
            --profile PROFILE         Build with this profile
            --target TRIPLE           Build for the target triple
            --target-dir DIRECTORY    Keep Assay’s files in DIRECTORY/assay
        -j, --jobs N                  Number of parallel jobs

      Manifest:
            --manifest-path PATH      Path to Cargo.toml
            --locked                  Require that Cargo.lock stays as it is
            --offline                 Run without the network
            --frozen                  Same as --locked and --offline

      Common:
        -q, --quiet                   No progress; findings only
        -v, --verbose                 Every note, and what was run
            --color WHEN              auto, always or never [default: auto]
        -V, --version                 Print the version
        -h, --help                    Print this help

      Examples:
        cargo assay                             every area that applies, one report in the terminal
        cargo assay --format html -o report.html
        cargo assay async --fail-on warning     in CI: fail on warnings too
        cargo assay async --format sarif -o assay.sarif
        cargo assay build --release             the timeline of a release build
        cargo assay collect -o evidence.assay   on one machine …
        cargo assay --from evidence.assay       … judged on another

      Exit codes: 0 nothing at or above --fail-on, 1 something was, 2 the request was wrong, 3 a tool that Assay needs failed.
      Assay writes to target/assay only (but for tune --apply), and sends nothing anywhere.
      "
    `);
  });

  test('explain prints a rule’s page, and lists the rules', async () => {
    const folder = freshFolder();
    expect((await runAssay(['explain'], { cwd: folder })).stdout).toMatchInlineSnapshot(`
      "async/blocking-call              Async code calls what blocks its thread, directly or through other functions.
      async/borrow-held-across-await   A borrow, an entered span or a setting of the thread is still alive when the future suspends.
      async/boxed-by-async-trait       A trait boxes the future of each call, and nothing uses it as a trait object.
      async/detached-task              A task that never ends is started by a value, and outlives it.
      async/futurelock                 A future that nobody polls any more may hold what the awaiting code waits for.
      async/guard-held-across-await    A guard of a lock is still alive when the future suspends.
      async/half-done-on-cancel        State is marked before an await and set back behind it, and stays marked when the future is dropped there.
      async/large-future               A future is large, and every future that awaits it holds it inside itself.
      async/lock-order-across-await    A lock is waited for while it, or one that somebody else holds the other way round, is held.
      async/lock-retaken-in-drop       A value is dropped while a lock is held that its \`Drop\` takes.
      async/lost-on-cancel             A value was taken out of shared state and is lost when the future is dropped at an await.
      async/not-cancel-safe-in-select  A future that loses data when it is dropped is an arm of \`select!\`, or under a timeout, and its stream is used again.
      async/poll-contract              A hand-written \`poll\` returns \`Pending\` and has told nobody whom to wake.
      async/runtime-mixed              A future of one runtime is run by the executor of another, or two versions of a runtime meet.
      async/select-arm-awaits          The body of an arm of \`select!\` awaits while another arm’s future is kept unfinished and is not polled.
      async/unawaited-future           A future is made and dropped without ever being polled.
      async/unflushed-writer           A writer is dropped before what was written to it is flushed.
      "
    `);
    const page = await runAssay(['explain', 'guard-held-across-await'], { cwd: folder });
    expect(page.stdout.split('\n').filter(line => line.startsWith('#'))).toMatchInlineSnapshot(`
      [
        "# async/guard-held-across-await",
        "## Why it matters",
        "## A guard in a variable",
        "## Letting go of it before the await",
        "## The underscore",
        "## if let in edition 2021",
        "## When to allow it",
        "## What it cannot see",
      ]
    `);
    expect((await runAssay(['explain', 'async/nothing'], { cwd: folder })).exitCode).toBe(2);
  });

  test('in CI progress is plain lines; quiet is quiet', async () => {
    const folder = heldGuardCrate();
    const loud = await runAssay(['async', '--fail-on', 'never'], { cwd: folder });
    expect(loud.stderr).toMatch(/^assay: reading the workspace/);
    expect([...loud.stderr].filter(letter => letter === '\r' || letter === '\x1b')).toEqual([]);
    const quiet = await runAssay(['async', '-q', '--fail-on', 'never'], { cwd: folder });
    expect(quiet.stderr).toBe('');
  });
});
