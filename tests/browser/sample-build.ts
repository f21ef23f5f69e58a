import type { Section, TimelineBar } from '#model/section.ts';

const names = (
  'serde tokio syn quote proc-macro2 unicode-ident libc memchr bytes futures-core futures-util pin-project-lite mio socket2 ' +
  'parking_lot lock_api smallvec once_cell tracing tracing-core hyper http http-body tower axum rustls ring webpki regex ' +
  'regex-syntax aho-corasick clap clap_builder anstyle url idna percent-encoding time uuid rand getrandom indexmap hashbrown ' +
  'ahash itoa ryu serde_json thiserror anyhow log sqlx sqlx-core chrono base64 sha2 digest generic-array typenum'
).split(' ');

const features = [
  'default',
  'std',
  'alloc',
  'derive',
  'full',
  'macros',
  'rt-multi-thread',
  'net',
  'io-util',
  'sync',
  'time',
];

/**
 * A build as cargo would schedule it on eight job slots: units wait for a few earlier ones, libraries first, the three
 * members last. Made up, and the same at every call; what is measured of it follows from it.
 */
export function sampleBuild(unitCount: number): Section {
  const bars = sampleBars(unitCount);
  const duration = Math.max(0, ...bars.map(bar => bar.endSeconds));
  const changes = bars
    .flatMap(bar => [
      { atSeconds: bar.startSeconds, by: 1 },
      { atSeconds: bar.endSeconds, by: -1 },
    ])
    .sort((a, b) => a.atSeconds - b.atSeconds || a.by - b.by);
  let active = 0;
  const concurrency = changes.map(({ atSeconds, by }) => {
    active += by;
    return { atSeconds, active };
  });
  const work = bars.reduce((sum, bar) => sum + bar.endSeconds - bar.startSeconds, 0);
  const slowest = [...bars]
    .sort((a, b) => b.endSeconds - b.startSeconds - (a.endSeconds - a.startSeconds))
    .slice(0, 40);
  return {
    title: 'Build',
    summary: `A clean build took ${duration.toFixed(1)} s; its critical path runs through ${bars.filter(bar => bar.critical).length} of ${bars.length} units.`,
    blocks: [
      {
        kind: 'measures',
        measures: [
          { label: 'wall time', value: duration, unit: 's', note: 'single run, from clean' },
          { label: 'CPU time', value: work * 0.93, unit: 's', note: 'cargo and its children' },
          {
            label: 'parallelism',
            value: work / Math.max(duration, 0.001),
            unit: 'ratio',
            note: 'CPU time over wall time',
          },
          { label: 'units', value: bars.length, unit: 'count' },
          { label: 'target directory', value: 1_402_000_000, unit: 'bytes' },
        ],
      },
      { kind: 'timeline', title: 'Units over time', durationSeconds: duration, bars, concurrency },
      {
        kind: 'table',
        title: 'Slowest units',
        columns: [
          { title: 'Unit' },
          { title: 'What' },
          { title: 'Duration', unit: 's' },
          { title: 'Codegen', unit: 's' },
        ],
        rows: slowest.map(bar => {
          const codegen = bar.segments.find(segment => segment.name === 'codegen');
          return [
            bar.label,
            bar.detail,
            bar.endSeconds - bar.startSeconds,
            codegen === undefined ? null : codegen.endSeconds - codegen.startSeconds,
          ];
        }),
      },
    ],
  };
}

function sampleBars(unitCount: number): TimelineBar[] {
  const random = randomFrom(7);
  const slotFree = new Array<number>(8).fill(0);
  const ends: number[] = [];
  const waits: number[][] = [];
  const bars: Omit<TimelineBar, 'critical'>[] = [];
  for (let id = 0; id < unitCount; id += 1) {
    const member = id >= unitCount - 5;
    const name = member ? ['shop-stock', 'shop-api', 'shop-cli'][id % 3]! : names[id % names.length]!;
    const round = Math.floor(id / names.length);
    const needs = Array.from({ length: Math.floor(random() * 4) }, () =>
      Math.max(0, id - 1 - Math.floor(random() * (member ? 20 : 90))),
    ).filter(need => need < id);
    const ready = Math.max(0, ...needs.map(need => ends[need]!));
    const slot = slotFree.indexOf(Math.min(...slotFree));
    const start = Math.max(ready, slotFree[slot]!);
    const length = member ? 3 + random() * 6 : 0.05 + random() ** 4 * 9;
    const end = start + length;
    slotFree[slot] = end;
    ends.push(end);
    const last = [...new Set(needs)].sort((a, b) => ends[b]! - ends[a]!).slice(0, 2);
    waits.push(last);
    const detail =
      member && id % 3 === 2
        ? 'bin "shop"'
        : round % 4 === 3
          ? 'build script'
          : id % 11 === 3
            ? 'proc-macro'
            : 'lib';
    bars.push({
      id: id * 3,
      label: `${name} ${member ? '0.4.2' : `${round}.${id % 13}.${id % 29}`}`,
      detail,
      startSeconds: round3(start),
      endSeconds: round3(end),
      segments: segmentsOf(start, end, detail, random),
      member,
      features: features.filter(() => random() < 0.25),
      ...(member ? { reason: 'the source `src/main.rs` changed' } : {}),
      waitedFor: last.map(need => need * 3),
    });
  }
  const critical = new Set<number>();
  let at: number | undefined = ends.indexOf(Math.max(...ends));
  while (at !== undefined && at >= 0 && !critical.has(at)) {
    critical.add(at);
    at = waits[at]?.[0];
  }
  return bars
    .map((bar, index) => ({ ...bar, critical: critical.has(index) }))
    .sort((a, b) => a.startSeconds - b.startSeconds || a.id - b.id);
}

function segmentsOf(
  start: number,
  end: number,
  detail: string,
  random: () => number,
): TimelineBar['segments'] {
  if (detail === 'build script') return [];
  const links = detail !== 'lib';
  const frontend = start + (end - start) * (0.4 + random() * 0.3);
  const codegen = links ? end - (end - start) * 0.12 : end;
  return [
    { name: 'frontend', startSeconds: round3(start), endSeconds: round3(frontend) },
    { name: 'codegen', startSeconds: round3(frontend), endSeconds: round3(codegen) },
    ...(links ? [{ name: 'link', startSeconds: round3(codegen), endSeconds: round3(end) }] : []),
  ];
}

function round3(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator, constants of Numerical Recipes). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
