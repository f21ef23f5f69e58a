/** Colours of the chart, as the style sheet gives them for the theme in force. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly paper: string;
  readonly accent: string;
  readonly curve: string;
  readonly font: string;
  /** By segment name and whose bar it is. */
  segment(name: string, member: boolean): string;
}

/** The segments that have a tone of their own; any other takes that of the frontend. */
const toned = ['frontend', 'codegen', 'link'];

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const tones = new Map<string, string>();
  for (const name of toned) {
    tones.set(`member ${name}`, colour(`member-${name}`));
    tones.set(`dependency ${name}`, colour(`dependency-${name}`));
  }
  return {
    ink: colour('ink'),
    muted: colour('muted'),
    grid: colour('rule'),
    paper: colour('paper'),
    accent: colour('accent'),
    curve: colour('curve'),
    font: style.fontFamily,
    segment(name, member) {
      const whose = member ? 'member' : 'dependency';
      return tones.get(`${whose} ${name}`) ?? tones.get(`${whose} frontend`) ?? colour('muted');
    },
  };
}
