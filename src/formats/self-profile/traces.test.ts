import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseSelfProfile } from './parse.ts';
import { chromeTrace, speedscope } from './traces.ts';
import { profileWriter } from './write-profile.ts';

const fixture = join(import.meta.dirname, '../../../tests/fixtures/self-profile/tiny.mm_profdata.gz');
const real = new Uint8Array(gunzipSync(readFileSync(fixture)));

function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

const whole = async (pieces: AsyncGenerator<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

function sample(): Uint8Array {
  const writer = profileWriter();
  writer.interval('Query', writer.text('type_of'), 1, 2_000, 3_000);
  writer.interval('GenericActivity', writer.composed('codegen_module', 'cgu.0'), 2, 2_500, 4_500);
  writer.interval('Query', writer.text('say "typeck"'), 1, 1_000, 5_000);
  writer.instant('QueryCacheHit', writer.text('type_of'), 1, 5_500);
  writer.interval('Query', writer.text('type_of'), 1, 6_000, 6_000);
  writer.integer('ArtifactSize', writer.text('object_file'), 12);
  return writer.bytes(64);
}

test('Chrome trace events', async () => {
  const text = await whole(chromeTrace(() => inPieces(sample(), 50), 'demo 0.1.0 lib'));
  expect(() => JSON.parse(text)).not.toThrow();
  expect(`\n${text}`).toMatchInlineSnapshot(`
    "
    {"traceEvents":[
    {"name":"process_name","ph":"M","pid":1,"args":{"name":"demo 0.1.0 lib"}},
    {"name":"type_of","cat":"Query","pid":1,"tid":1,"ts":2,"ph":"X","dur":1},
    {"name":"codegen_module","cat":"GenericActivity","pid":1,"tid":2,"ts":2.5,"ph":"X","dur":2},
    {"name":"say \\"typeck\\"","cat":"Query","pid":1,"tid":1,"ts":1,"ph":"X","dur":4},
    {"name":"type_of","cat":"QueryCacheHit","pid":1,"tid":1,"ts":5.5,"ph":"i","s":"t"},
    {"name":"type_of","cat":"Query","pid":1,"tid":1,"ts":6,"ph":"X","dur":0}
    ],"displayTimeUnit":"ns"}
    "
  `);
});

test('speedscope: frames opened and closed, thread by thread', async () => {
  const text = await whole(speedscope(() => inPieces(sample(), 50), 'demo 0.1.0 lib'));
  expect(() => JSON.parse(text)).not.toThrow();
  expect(`\n${text}`).toMatchInlineSnapshot(`
    "
    {"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"Assay","name":"demo 0.1.0 lib",
    "shared":{"frames":[{"name":"<unknown>"},{"name":"codegen_module"},{"name":"type_of"},{"name":"say \\"typeck\\""},{"name":"object_file"}]},
    "profiles":[{"type":"evented","name":"thread 1","unit":"nanoseconds","startValue":1000,"endValue":6000,"events":[{"type":"O","frame":3,"at":1000},{"type":"O","frame":2,"at":2000},{"type":"C","frame":2,"at":3000},{"type":"C","frame":3,"at":5000},{"type":"O","frame":2,"at":6000},{"type":"C","frame":2,"at":6000}]},
    {"type":"evented","name":"thread 2","unit":"nanoseconds","startValue":2500,"endValue":4500,"events":[{"type":"O","frame":1,"at":2500},{"type":"C","frame":1,"at":4500}]}]}
    "
  `);
});

test('of a real profile, both say as much time of each label as the sums do', async () => {
  const open = () => inPieces(real, 10_000);
  const { value } = await parseSelfProfile(open);
  const expected = new Map(
    value!.activities
      .filter(({ kinds }) => kinds.length > 0)
      .map(({ label, kinds }) => [label, kinds.reduce((sum, { totalNs }) => sum + totalNs, 0)]),
  );

  const chrome = JSON.parse(await whole(chromeTrace(open, 'tiny'))) as {
    traceEvents: { name: string; ph: string; dur: number }[];
  };
  const fromChrome = new Map<string, number>();
  for (const { name, ph, dur } of chrome.traceEvents)
    if (ph === 'X') fromChrome.set(name, (fromChrome.get(name) ?? 0) + Math.round(dur * 1000));
  expect(fromChrome).toEqual(expected);

  const scope = JSON.parse(await whole(speedscope(open, 'tiny'))) as {
    shared: { frames: { name: string }[] };
    profiles: { endValue: number; events: { type: 'O' | 'C'; frame: number; at: number }[] }[];
  };
  const fromScope = new Map<string, number>();
  for (const { events, endValue } of scope.profiles) {
    const open: { frame: number; at: number }[] = [];
    let now = 0;
    for (const { type, frame, at } of events) {
      expect(at).toBeGreaterThanOrEqual(now);
      now = at;
      if (type === 'O') {
        open.push({ frame, at });
        continue;
      }
      const last = open.pop();
      expect(last?.frame).toBe(frame);
      const { name } = scope.shared.frames[frame]!;
      fromScope.set(name, (fromScope.get(name) ?? 0) + at - last!.at);
    }
    expect(open).toEqual([]);
    expect(now).toBe(endValue);
  }
  expect(fromScope).toEqual(expected);
});

test('nothing is written of what is no profile', async () => {
  const foreign = () => [new TextEncoder().encode('no profile')];
  expect(await whole(chromeTrace(foreign, 'x'))).toBe('');
  expect(await whole(speedscope(foreign, 'x'))).toBe('');
});
