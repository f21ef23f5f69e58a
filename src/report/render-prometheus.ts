import type { BuildSection, BuildUnit } from '#model/build-report.ts';
import { severities } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { isCounted } from './finding-counts.ts';

// Limit: each unit is up to three series, and a series costs a Prometheus server memory for as long as it is kept.
const unitCountMax = 50;

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Gauges in Prometheus' text exposition format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/), for a textfile collector or a push
 * gateway. What the report does not know has no line. Only findings that count are counted.
 */
export function renderPrometheus(report: Report): string {
  const { build } = report;
  const counted = report.findings.filter(isCounted);
  return [
    ...(build === undefined ? [] : buildGauges(build)),
    gauge(
      'assay_findings',
      'Findings that are neither allowed in the source nor in the baseline.',
      severities.map(severity => ({
        labels: { severity },
        value: counted.filter(finding => finding.severity === severity).length,
      })),
    ),
    gauge('assay_unknowns', 'Things that could not be seen.', [
      { labels: {}, value: report.unknowns.reduce((sum, unknown) => sum + unknown.count, 0) },
    ]),
    gauge('assay_failed_tools', 'Tools that failed.', [{ labels: {}, value: report.failures.length }]),
  ].join('');
}

function buildGauges(build: BuildSection): readonly string[] {
  const plain = (name: string, help: string, value: number | undefined) =>
    gauge(`assay_build_${name}`, help, value === undefined ? [] : [{ labels: {}, value }]);
  return [
    plain('wall_seconds', 'Wall time of the build.', build.wallSeconds),
    plain('cpu_seconds', 'CPU time of cargo and all it ran.', build.cpuSeconds),
    plain('critical_path_seconds', 'Work on the critical path that was observed.', build.criticalPathSeconds),
    plain('floor_seconds', 'The least that the build could take with this crate graph.', build.floorSeconds),
    plain('units', 'Units that were run.', build.units?.length),
    gauge(
      'assay_build_unit_seconds',
      `Time of the ${unitCountMax} longest units by phase; whole where the phases are not known. Units with the same labels are summed.`,
      unitSamples(build.units ?? []),
    ),
  ];
}

/** A unit for host and target, or with two sets of features, has the same labels twice, which the format forbids. */
function unitSamples(units: readonly BuildUnit[]): readonly Sample[] {
  const longest = units.toSorted((a, b) => b.durationSeconds - a.durationSeconds).slice(0, unitCountMax);
  const samples = new Map<string, Sample>();
  for (const unit of longest) {
    const phases = [
      ['frontend', unit.frontendSeconds],
      ['codegen', unit.codegenSeconds],
      ['link', unit.linkSeconds],
    ] as const;
    const known = phases.filter(([, seconds]) => seconds !== undefined);
    for (const [phase, seconds] of known.length > 0 ? known : [['whole', unit.durationSeconds] as const]) {
      const labels = { package: unit.package, version: unit.version, target: unit.target, phase };
      const key = JSON.stringify(labels);
      // Summed to the milliseconds that the parts have.
      const value = Math.round(((samples.get(key)?.value ?? 0) + seconds!) * 1000) / 1000;
      samples.set(key, { labels, value });
    }
  }
  return [...samples.values()];
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function escapedLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
