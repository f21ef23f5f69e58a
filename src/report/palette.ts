import type { Severity } from '#model/finding.ts';

/** Wraps text in the escapes of one style; the identity where there is no colour. */
export type Paint = (text: string) => string;

/** The few styles of the text report. The caller decides whether there is colour: a renderer never asks the terminal. */
export interface Palette {
  readonly error: Paint;
  readonly warning: Paint;
  readonly note: Paint;
  readonly help: Paint;
  /** Line numbers, bars, arrows and secondary labels. */
  readonly frame: Paint;
  /** Messages and titles. */
  readonly strong: Paint;
  /** Whether a tool's own colours may pass through. */
  readonly colour: boolean;
}

export const plainPalette: Palette = {
  error: text => text,
  warning: text => text,
  note: text => text,
  help: text => text,
  frame: text => text,
  strong: text => text,
  colour: false,
};

/** The colours that rustc 1.95 prints: bold, and the bright half of the 16 colours. */
export const ansiPalette: Palette = {
  error: bold('91'),
  warning: bold('93'),
  note: bold('92'),
  help: bold('96'),
  frame: bold('94'),
  strong: text => (text === '' ? '' : `\u001b[1m${text}\u001b[0m`),
  colour: true,
};

export function paintOf(palette: Palette, severity: Severity): Paint {
  return palette[severity];
}

function bold(colourCode: string): Paint {
  return text => (text === '' ? '' : `\u001b[1m\u001b[${colourCode}m${text}\u001b[0m`);
}
