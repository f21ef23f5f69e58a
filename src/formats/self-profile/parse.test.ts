import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type SelfProfile, summarizeTotals } from '#model/self-profile.ts';
import { differences, type SummarizeOutput } from '../../../scripts/self-profile/summarize-output.ts';
import { parseSelfProfile } from './parse.ts';
import { type ProfileWriter, profileWriter } from './write-profile.ts';

const fixtures = join(import.meta.dirname, '../../../tests/fixtures/self-profile');
const unpacked = (name: string) => gunzipSync(readFileSync(join(fixtures, name)));
const read = (bytes: Uint8Array) => parseSelfProfile(() => [bytes]);

/** A line for each activity: its times in ns, and how often each kind of event was seen. */
function drawn(profile: SelfProfile | null): string {
  if (profile === null) return 'no profile';
  const lines = profile.activities.map(({ label, selfNs, inclusiveNs, cacheHits, kinds }) => {
    const seen = kinds.map(({ kind, count, totalNs }) => `${count} ${kind} ${totalNs}`).join(', ');
    const hits = cacheHits === 0 ? '' : `, ${cacheHits} hits`;
    return `${label}: self ${selfNs}, inclusive ${inclusiveNs} (${seen}${hits})`;
  });
  return `\n${lines.join('\n')}\n`;
}

describe('profiles of rustc 1.95', () => {
  for (const name of ['tiny', 'tiny-args']) {
    test(`${name}: every sum is the one that measureme's summarize gives`, async () => {
      const { value } = await read(unpacked(`${name}.mm_profdata.gz`));
      const output = JSON.parse(unpacked(`${name}.summarize.json.gz`).toString()) as SummarizeOutput;
      expect(output.query_data.length).toBeGreaterThan(300);
      expect(differences(value!, output)).toEqual([]);
    });
  }

  test('what is said of the whole', async () => {
    const { value, problems } = await read(unpacked('tiny.mm_profdata.gz'));
    const { activities, arguments: byArgument, ...whole } = value!;
    expect({ ...whole, labels: activities.length, processId: typeof whole.processId }).toMatchInlineSnapshot(`
      {
        "artifacts": [
          {
            "label": "cgu_instructions",
            "size": 121,
          },
          {
            "label": "codegen_unit_size_estimate",
            "size": 253,
          },
          {
            "label": "crate_metadata",
            "size": 1480,
          },
          {
            "label": "linked_artifact",
            "size": 18246,
          },
          {
            "label": "object_file",
            "size": 15144,
          },
        ],
        "counter": "wall-time",
        "crateName": "tiny",
        "eventCount": 3471,
        "formatVersion": 9,
        "labels": 380,
        "processId": "number",
        "startedAtMs": 1795700247422,
        "threadCount": 3,
        "threadSpanNs": 21944891,
      }
    `);
    expect(problems).toMatchInlineSnapshot(`[]`);
    expect(byArgument).toEqual([]);
  });

  test('with arguments, codegen units by name', async () => {
    const { value } = await read(unpacked('tiny-args.mm_profdata.gz'));
    const named = value!.arguments.map(({ label, argument, count }) => `${count} × ${label} of ${argument}`);
    expect(named.toSorted()).toMatchInlineSnapshot(`
      [
        "1 × LLVM_module_codegen_emit_obj of tiny.7378e45bed21101e-cgu.0",
        "1 × codegen_module of tiny.7378e45bed21101e-cgu.0",
        "1 × codegen_module_optimize of tiny.7378e45bed21101e-cgu.0",
      ]
    `);
  });
});

/** Intervals as `label start end` in the order of their ends, all on one thread unless a fourth word names another. */
function intervals(writer: ProfileWriter, lines: readonly string[], kind = 'Query'): ProfileWriter {
  for (const line of lines) {
    const [label = '', start, end, thread = '0'] = line.split(' ');
    writer.interval(kind, writer.text(label), Number(thread), Number(start), Number(end));
  }
  return writer;
}

describe('nesting', () => {
  const ofIntervals = async (...lines: readonly string[]) =>
    drawn((await read(intervals(profileWriter(), lines).bytes())).value);

  test('self time is without direct children; theirs is without their own', async () => {
    expect(await ofIntervals('q2 110 130', 'q4 160 170', 'q3 150 190', 'q1 100 200')).toMatchInlineSnapshot(`
      "
      q1: self 40, inclusive 100 (1 Query 100)
      q3: self 30, inclusive 40 (1 Query 40)
      q2: self 20, inclusive 20 (1 Query 20)
      q4: self 10, inclusive 10 (1 Query 10)
      "
    `);
  });

  test('inside of itself, a query is counted once in its inclusive time', async () => {
    expect(
      await ofIntervals('q 40 60', 'other 30 70', 'q 20 80', 'q 0 100', 'q 200 210'),
    ).toMatchInlineSnapshot(`
      "
      q: self 90, inclusive 110 (4 Query 190)
      other: self 20, inclusive 40 (1 Query 40)
      "
    `);
  });

  test('threads do not see each other, and what only touches is no child', async () => {
    expect(await ofIntervals('a 0 50', 'b 10 60 1', 'b 50 70', 'c 50 50', 'd 0 100')).toMatchInlineSnapshot(`
      "
      b: self 70, inclusive 70 (2 Query 70)
      a: self 50, inclusive 50 (1 Query 50)
      d: self 30, inclusive 100 (1 Query 100)
      c: self 0, inclusive 0 (1 Query 0)
      "
    `);
  });

  test('times beyond 32 bits', async () => {
    const hour = 3_600_000_000_000;
    expect(await ofIntervals(`inner ${hour} ${2 * hour + 1}`, `outer 1 ${3 * hour}`)).toMatchInlineSnapshot(`
      "
      outer: self 7199999999998, inclusive 10799999999999 (1 Query 10799999999999)
      inner: self 3600000000001, inclusive 3600000000001 (1 Query 3600000000001)
      "
    `);
  });
});

describe('kinds of events', () => {
  const everyKind = (version: 8 | 9) => {
    const writer = profileWriter(version);
    intervals(writer, ['typeck 15 20'], 'IncrementalResultHashing');
    intervals(writer, ['typeck 10 22'], 'Query');
    intervals(writer, ['typeck 30 33'], 'IncrementalLoadResult');
    intervals(writer, ['typeck 40 48'], 'QueryBlocked');
    writer.instant('QueryCacheHit', writer.text('fn_sig'), 0, 50);
    writer.instant('QueryCacheHit', writer.text('fn_sig'), 0, 51);
    writer.instant('QueryCacheHit', writer.text('typeck'), 0, 52);
    writer.integer('QueryCacheHitCount', writer.text('typeck'), 7);
    writer.integer('ArtifactSize', writer.composed('object_file', 'demo.o'), 4096);
    writer.integer('ArtifactSize', writer.composed('object_file', 'other.o'), 1000);
    // Events of queries name virtual ids, which get their strings at the end.
    writer.interval('Query', 3, 0, 60, 65);
    writer.interval('Query', 4, 0, 70, 71);
    writer.map(3, writer.composed('type_of', 'demo::Shop'));
    const proc = writer.composed('expand_proc_macro', '#[derive(Serialize)]', 'src/lib.rs:1');
    writer.interval('GenericActivity', proc, 0, 80, 90);
    writer.interval('GenericActivity', proc, 0, 90, 93);
    return writer.bytes();
  };

  for (const version of [8, 9] as const) {
    test(`version ${version}`, async () => {
      const { value, problems } = await read(everyKind(version));
      expect(value!.formatVersion).toBe(version);
      expect(drawn(value)).toBe(`
typeck: self 23, inclusive 23 (1 IncrementalResultHashing 5, 1 Query 12, 1 IncrementalLoadResult 3, 1 QueryBlocked 8, 7 hits)
expand_proc_macro: self 13, inclusive 13 (2 GenericActivity 13)
type_of: self 5, inclusive 5 (1 Query 5)
<unknown>: self 1, inclusive 1 (1 Query 1)
fn_sig: self 0, inclusive 0 (, 2 hits)
`);
      expect(value!.artifacts).toEqual([{ label: 'object_file', size: 5096 }]);
      expect(value!.arguments).toEqual([
        { label: 'expand_proc_macro', argument: '#[derive(Serialize)]', count: 2, totalNs: 13, selfNs: 13 },
      ]);
      expect(problems).toEqual([{ what: 'events whose id no name belongs to: 1' }]);
      const typeck = value!.activities.find(({ label }) => label === 'typeck')!;
      expect(summarizeTotals(typeck)).toEqual({
        timeNs: 23,
        selfTimeNs: 23,
        cacheMisses: 1,
        cacheHits: 7,
        invocations: 1,
        blockedNs: 8,
        incrementalLoadNs: 3,
        incrementalHashingNs: 5,
      });
    });
  }
});

test('what is no profile, or one of a version that is not known, is said to be', async () => {
  const whole = intervals(profileWriter(), ['q 0 1']).bytes();
  const bumped = Uint8Array.from(whole);
  bumped[4] = 10;
  const foreignPage = Uint8Array.from(whole);
  foreignPage[8] = 7;
  const foreignStream = Uint8Array.from(whole);
  foreignStream[13] = 0x58;
  const said = async (bytes: Uint8Array) => {
    const { value, problems } = await read(bytes);
    return `${value === null ? 'no' : 'a'} profile: ${problems.map(({ what }) => what).join('; ')}`;
  };
  const inputs = [
    new Uint8Array(0),
    new TextEncoder().encode('MMPD'),
    new TextEncoder().encode('{"a": 1}  '),
  ];
  const answers = await Promise.all([...inputs, bumped, foreignPage, foreignStream].map(said));
  expect(`\n${answers.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    no profile: not a self-profile of rustc: it is shorter than a header
    no profile: not a self-profile of rustc: it is shorter than a header
    no profile: not a self-profile of rustc: it does not begin with MMPD
    no profile: a self-profile of version 10; versions 8 and 9 can be read
    a profile: a page of a stream that is not known (7); no metadata: rustc did not finish the profile
    a profile: the stream of events does not begin as one; no metadata: rustc did not finish the profile
    "
  `);
});
