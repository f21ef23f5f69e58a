import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Report } from '#model/report.ts';
import type { Flags, OutputFormat } from './flags.ts';
import type { Progress } from './progress.ts';
import { ruleInfos } from './rule-infos.ts';
import { printOutput, writeOutput } from './write-output.ts';

/** Renders the report as asked and writes it to the file or to standard output. */
export async function emitReport(report: Report, flags: Flags, progress: Progress): Promise<void> {
  const format = flags.format ?? formatOfFile(flags.output) ?? 'text';
  const text = await render(report, format, flags);
  progress.close();
  if (flags.output === null) {
    await printOutput(text);
    return;
  }
  await writeOutput(resolve(flags.output), text);
  if (!flags.quiet) {
    const { countsText } = await import('#report/finding-counts.ts');
    process.stderr.write(`assay: wrote ${flags.output}: ${countsText(report)}\n`);
  }
}

/** `-o report.html` says what is wanted. */
function formatOfFile(path: string | null): OutputFormat | null {
  switch (path === null ? undefined : /\.([a-z]+)$/.exec(path)?.[1]) {
    case 'json':
      return 'json';
    case 'sarif':
      return 'sarif';
    case 'md':
      return 'markdown';
    case 'html':
      return 'html';
    case 'prom':
      return 'prometheus';
    default:
      return null;
  }
}

async function render(report: Report, format: OutputFormat, flags: Flags): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('#report/render-json.ts')).renderJson(report);
    case 'sarif':
      return (await import('#report/render-sarif.ts')).renderSarif(report, { rules: ruleInfos() });
    case 'markdown':
      return (await import('#report/render-markdown.ts')).renderMarkdown(report);
    case 'summary':
      return (await import('#report/render-summary.ts')).renderSummary(report);
    case 'prometheus':
      return (await import('#report/render-prometheus.ts')).renderPrometheus(report);
    case 'trace':
      return (await import('#report/render-trace.ts')).renderTrace(report);
    case 'speedscope':
      return (await import('#report/render-speedscope.ts')).renderSpeedscope(report);
    case 'html': {
      const { renderHtml } = await import('#report/render-html.ts');
      return renderHtml(report, await readFile(pagePath(), 'utf8'));
    }
    case 'text': {
      const [{ renderText }, { ansiPalette, plainPalette }] = await Promise.all([
        import('#report/render-text.ts'),
        import('#report/palette.ts'),
      ]);
      const terminal = flags.output === null && process.stdout.isTTY === true;
      return renderText(report, {
        palette: wantsColor(flags.color, terminal) ? ansiPalette : plainPalette,
        width: terminal ? process.stdout.columns : Number.POSITIVE_INFINITY,
        verbose: flags.verbose,
        quiet: flags.quiet,
      });
    }
  }
}

/** As cargo: `--color`, then CARGO_TERM_COLOR, then NO_COLOR, then whether it is a terminal. */
export function wantsColor(color: Flags['color'], terminal: boolean): boolean {
  if (color !== 'auto') return color === 'always';
  const cargo = process.env.CARGO_TERM_COLOR;
  if (cargo === 'always' || cargo === 'never') return cargo === 'always';
  return terminal && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}

/** The page lies beside the bundle; from the sources it is where the bundle would be. */
function pagePath(): URL {
  const here = import.meta.url;
  return here.includes('/dist/')
    ? new URL('page.html', here.slice(0, here.lastIndexOf('/dist/') + 6))
    : new URL('../../dist/page.html', here);
}
