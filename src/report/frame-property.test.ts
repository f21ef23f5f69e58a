import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayLine, displayWidth, visibleText } from './display-width.ts';
import { plainPalette } from './palette.ts';
import { renderText } from './render-text.ts';
import { arbitraryReport, location, nastyText } from './sample-report.ts';
import { renderSourceFrames } from './source-frame.ts';

const width = fc.oneof(fc.constantFrom(0, 1, 10, 40, 80, Number.POSITIVE_INFINITY), fc.nat(200));

test('no report makes the text renderer fail, and no line of it can steer a terminal', () => {
  fc.assert(
    fc.property(arbitraryReport, width, fc.boolean(), (report, width, verbose) => {
      const text = renderText(report, { palette: plainPalette, width, verbose, quiet: false });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be left.
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      expect(text.endsWith('\n')).toBe(true);
    }),
  );
});

/** Columns of a drawn line: what stands at each, with `''` for the second column of a wide character. */
function columnsOf(line: string): readonly string[] {
  return displayLine(line).cells;
}

const lineText = fc
  .tuple(
    nastyText,
    fc.constantFrom('', 'x'.repeat(60), '日'.repeat(60)),
    nastyText,
    fc.constantFrom('', 'y '.repeat(90)),
  )
  .map(parts => parts.join('').replace(/[\r\n]/g, ' '));

test('carets stand under the characters of their span, however the line is trimmed', () => {
  fc.assert(
    fc.property(lineText, fc.nat(), fc.nat(20), nastyText, width, (line, startSeed, length, label, width) => {
      const characters = [...line];
      fc.pre(characters.length > 0);
      const start = startSeed % characters.length;
      const end = Math.min(characters.length, start + Math.max(1, length));
      const span = { file: 'a.rs', startLine: 7, startColumn: start + 1, endLine: 7, endColumn: end + 1 };
      const frame = renderSourceFrames(
        [{ location: span, text: label, primary: true }],
        { line: (_, lineNumber) => (lineNumber === 7 ? line : null) },
        { palette: plainPalette, severity: 'error', width },
      );
      const [, , code = '', markers = ''] = frame;
      // The caret is the first thing after the gutter.
      const first = markers.indexOf('^');
      const carets = /^\^+/.exec(markers.slice(first))![0].length;
      const covered = visibleText(characters.slice(start, end).join(''));
      const labelCarets = /^\^*/.exec(visibleText(label))![0].length;
      expect(markers.slice(0, first)).toMatch(/^ {2}\| *$/);
      expect(carets).toBeLessThanOrEqual(Math.max(1, displayWidth(covered)) + labelCarets);
      const under = columnsOf(code)
        .slice(first, first + displayWidth(covered))
        .join('')
        .trimEnd();
      expect(removeMarks(under)).toBe(removeMarks(covered).trimEnd());
    }),
    { numRuns: 500 },
  );
});

/** Marks belong to the cell of the character before them, which may lie before the span. */
function removeMarks(text: string): string {
  return text
    .replace(/[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/gu, '')
    .replace(/ +/g, ' ')
    .trim();
}

test('spans of all shapes: every line keeps its gutter, each label and location is there', () => {
  const labels = fc.array(fc.record({ location, text: nastyText }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(labels, fc.array(lineText, { maxLength: 14 }), width, (drawn, lines, width) => {
      const frame = renderSourceFrames(
        drawn.map((label, index) => ({ ...label, primary: index === 0 })),
        { line: (file, lineNumber) => (file === 'missing.rs' ? null : (lines[lineNumber - 1] ?? null)) },
        { palette: plainPalette, severity: 'warning', width },
      );
      expect(frame[0]).toMatch(/^ *--> /);
      for (const line of frame) expect(line).toMatch(/^( *(-->|:::) .+| *\d* \|.*| *=.*|\.\.\..*)$/u);
      for (const line of frame) expect(line).toBe(line.trimEnd());
      const whole = frame.join('\n');
      for (const label of drawn) expect(whole).toContain(visibleText(label.location.file));
    }),
    { numRuns: 500 },
  );
});
