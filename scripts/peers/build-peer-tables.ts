import type { BuildSection } from '#model/build-report.ts';
import type { LogFacts } from './build-log.ts';
import type { CritpathSays, GoodtimesSays } from './build-peer-outputs.ts';

export interface ComparedBuild {
  readonly crate: string;
  readonly log: LogFacts;
  /** cargo's own word for the time, rounded as it prints it. */
  readonly finished: string;
  readonly assay: BuildSection;
  /** `refusal`: what it said of the log as it was; empty where it took it. */
  readonly critpath: { readonly says: CritpathSays | null; readonly refusal: string };
  readonly goodtimes: GoodtimesSays;
}

export interface PeerVersions {
  readonly 'cargo-critpath': string;
  readonly 'cargo-goodtimes': string;
  readonly rustc: string;
  readonly jobs: number;
}

/** The part of docs/build-peers.md that is written by the script. */
export function renderBuildPeers(builds: readonly ComparedBuild[], versions: PeerVersions): string {
  const intro = `cargo-critpath ${versions['cargo-critpath']}, cargo-goodtimes ${versions['cargo-goodtimes']}, ${versions.rustc}, \`-j${versions.jobs}\`.`;
  return [intro, ...builds.flatMap(build => [`## ${build.crate}`, table(build), notes(build)])].join('\n\n');
}

function table({ log, finished, assay, critpath: { says }, goodtimes }: ComparedBuild): string {
  const { replay } = assay;
  const rows: readonly (readonly [string, string, string, string, string])[] = [
    [
      'units',
      `${log.started}`,
      `${assay.units?.length ?? '–'}`,
      `${says?.units ?? '–'}`,
      `${goodtimes.timed} of ${goodtimes.packages} packages`,
    ],
    [
      'wall',
      `${seconds(log.lastEndSeconds)} (cargo: ${finished})`,
      seconds(assay.wallSeconds),
      seconds(says?.spanSeconds),
      '–',
    ],
    ['work on the path that was observed', '–', seconds(assay.criticalPathSeconds), '–', '–'],
    [
      'longest chain as measured',
      seconds(log.chainSeconds),
      '–',
      seconds(says?.criticalPathSeconds),
      seconds(goodtimes.criticalPathSeconds),
    ],
    ['floor', '–', seconds(assay.floorSeconds), seconds(says?.criticalPathSeconds), '–'],
    ['the build, simulated', '–', seconds(replay?.predictedSeconds), seconds(says?.simulatedSeconds), '–'],
    ['error of that', '–', percent(replay?.errorPercent), percent(simulationError(says)), '–'],
    [
      'what-ifs with a number',
      '–',
      `${assay.whatIf?.length ?? 0}`,
      `${says?.scenarios ?? '–'}`,
      '0 (edges can be taken away in its page)',
    ],
  ];
  return [
    '| | the raw log | Assay | cargo-critpath | cargo-goodtimes, of its own check |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(row => `| ${row.join(' | ')} |`),
  ].join('\n');
}

function notes({ log, assay, critpath, goodtimes }: ComparedBuild): string {
  const observed = (assay.units ?? [])
    .filter(unit => unit.critical)
    .map(unit => `${unit.package} ${unit.target}`);
  const { says, refusal } = critpath;
  const lines = [
    `- The chain in the raw log: ${log.chain.join(' → ')}.`,
    ...(says === null ? [] : [`- cargo-critpath’s: ${sameOr(log.chain, says.path)}.`]),
    `- cargo-goodtimes’: ${goodtimes.path.join(' → ')}.`,
    `- On the path that Assay observed: ${observed.join(' → ')}.`,
  ];
  if (refusal !== '')
    lines.push(
      `- cargo-critpath refused the log as cargo wrote it (\`${refusal}\`)${says === null ? '.' : '; the figures are of the log with the run of that build script under the name `build-script-build`.'}`,
    );
  return lines.join('\n');
}

/** Packages in order are what two tools name alike. */
function sameOr(chain: readonly string[], path: readonly string[]): string {
  const packages = (names: readonly string[]) => names.map(name => name.split(' ')[0]).join(' ');
  return packages(chain) === packages(path) ? 'the same units' : path.join(' → ');
}

function simulationError(says: CritpathSays | null): number | undefined {
  return says === null
    ? undefined
    : (Math.abs(says.simulatedSeconds - says.spanSeconds) / says.spanSeconds) * 100;
}

function seconds(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(2)} s`;
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(2)} %`;
}
