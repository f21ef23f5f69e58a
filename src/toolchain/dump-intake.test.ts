import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDumpIntake } from './dump-intake.ts';

let folder = '';
let dumps = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
  dumps = join(folder, 'fig.dumps');
  mkdirSync(dumps);
});
afterEach(() => rmSync(folder, { recursive: true }));

function dump(name: string, text: string, ageSeconds = 60): void {
  const path = join(dumps, name);
  writeFileSync(path, text);
  const at = Date.now() / 1000 - ageSeconds;
  utimesSync(path, at, at);
}

function readChunks(): readonly string[] {
  const unit = join(folder, 'unit');
  return readdirSync(unit)
    .sort()
    .map(name => inflateSync(readFileSync(join(unit, name))).toString());
}

const coroutine = (name: string) => `// MIR for \`${name}\`\n\nfn ${name}(_1: X) -> ()\nyields ()\n {\n}\n`;
const plain = (name: string) =>
  `// MIR for \`${name}\`\n\nfn ${name}() -> ()\n {\n    // yields nothing\n}\n`;

describe('dump intake', () => {
  test('keeps coroutines before their transformation and every other body as built, sorted by name', async () => {
    dump('fig.ripen.built.after.mir', plain('ripen'));
    dump('fig.ripen-{closure#0}.built.after.mir', coroutine('early'));
    dump('fig.ripen-{closure#0}.StateTransform.before.mir', coroutine('late'));
    dump('fig.ripen-{closure#0}.StateTransform.after.mir', 'useless');
    dump('fig.{impl#0}-ripen-{closure#0}.built.after.mir', coroutine('early'));
    dump('fig.{impl#0}-ripen-{closure#0}.coroutine_before.0.mir', coroutine('method'));
    dump('fig.map-{closure#0}.StateTransform.before.mir', plain('useless'));
    dump('fig.map-{closure#0}.built.after.mir', plain('closure'));
    const intake = openDumpIntake(dumps, text => text);
    const stored = await intake.store(join(folder, 'unit'));
    expect(
      readChunks()
        .join('')
        .match(/^fn .*/gm),
    ).toEqual(['fn closure() -> ()', 'fn late(_1: X) -> ()', 'fn ripen() -> ()', 'fn method(_1: X) -> ()']);
    expect(stored.unreadable).toEqual([]);
    expect(readdirSync(folder)).toEqual(['unit']);
  });

  test('takes what is finished while rustc runs, and leaves what may still grow', async () => {
    dump('fig.old.built.after.mir', plain('old'));
    dump('fig.young.built.after.mir', 'half of', 0);
    dump('fig.young.StateTransform.after.mir', 'useless', 0);
    const intake = openDumpIntake(dumps, text => text);
    const nowMs = Date.now();
    await intake.takeFinished(nowMs);
    expect(readdirSync(dumps).sort()).toEqual(['fig.old.built.after.mir', 'fig.young.built.after.mir']);
    await intake.takeFinished(nowMs + 900);
    expect(readdirSync(dumps).length).toBe(2);
    utimesSync(join(dumps, 'fig.young.built.after.mir'), nowMs / 1000 + 0.5, nowMs / 1000 + 0.5);
    await intake.takeFinished(nowMs + 1000);
    expect(readdirSync(dumps)).toEqual(['fig.young.built.after.mir']);
    dump('fig.young.built.after.mir', plain('young'), 0);
    await intake.store(join(folder, 'unit'));
    expect(
      readChunks()
        .join('')
        .match(/^fn .*/gm),
    ).toEqual(['fn old() -> ()', 'fn young() -> ()']);
  });

  test('the order in which they came does not show, and large crates go through the spool in chunks', async () => {
    const pad = 'x'.repeat(3_000_000);
    const names = Array.from(
      { length: 14 },
      (_, index) => `fig.f${String(index).padStart(2, '0')}.built.after.mir`,
    );
    const intake = openDumpIntake(dumps, text => Buffer.from(text.toString().replaceAll('HOME', 'home')));
    let nowMs = Date.now();
    for (const name of [...names].reverse()) {
      dump(name, `${name} HOME ${pad}\n`);
      nowMs += 1000;
      await intake.takeFinished(nowMs);
    }
    const stored = await intake.store(join(folder, 'unit'));
    const chunks = readChunks();
    expect(stored.chunkBytes.length).toBe(chunks.length);
    expect(chunks.map(chunk => chunk.match(/f\d\d/g)?.join(' '))).toMatchInlineSnapshot(`
      [
        "f00 f01",
        "f02 f03",
        "f04 f05",
        "f06 f07",
        "f08 f09",
        "f10 f11",
        "f12 f13",
      ]
    `);
    expect(chunks.join('')).toBe(names.map(name => `${name} home ${pad}\n`).join(''));
  });

  test('names a dump that cannot be read', async () => {
    mkdirSync(join(dumps, 'fig.odd.built.after.mir'));
    const intake = openDumpIntake(dumps, text => text);
    expect((await intake.store(join(folder, 'unit'))).unreadable).toEqual([
      'fig.odd.built.after.mir: EISDIR',
    ]);
  });

  test('a crate without bodies, and one that is dropped', async () => {
    rmSync(dumps, { recursive: true });
    expect(await openDumpIntake(dumps, text => text).store(join(folder, 'unit'))).toEqual({
      chunkBytes: [],
      unreadable: [],
    });
    mkdirSync(dumps);
    dump('fig.a.built.after.mir', plain('a'));
    await openDumpIntake(dumps, text => text).discard();
    expect(readdirSync(folder)).toEqual(['unit']);
  });
});
