import type { Signal } from '@preact/signals';
import type { Finding } from '#model/finding.ts';
import { ControlCharacter, Message } from '../message.tsx';
import type { Frame, FrameRow } from './frames.ts';
import { type LinePiece, linePieces } from './line-pieces.ts';
import { rustTokens } from './rust-tokens.ts';

interface Props {
  readonly finding: Finding;
  /** The step whose line is lit and whose message stands below it. */
  readonly activeStep: Signal<number | null>;
  readonly onStep: (step: number) => void;
}

/** Lines of one file with the spans underlined, as rustc draws them; steps carry their number at the line's number. */
export function SourceFrame({ frame, ...props }: Props & { readonly frame: Frame }) {
  return (
    <figure class="frame">
      <figcaption>
        <bdi>{frame.file}</bdi>
      </figcaption>
      {frame.rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        <section class="code" dir="ltr" tabIndex={0} aria-label={`Source of ${frame.file}`}>
          <div class="code-lines">
            {frame.rows.map((row, index) =>
              row.kind === 'gap' ? (
                <div key={`gap${index}`} class="gap" title="lines left out">
                  ⋯
                </div>
              ) : (
                <Line key={row.line} row={row} rust={frame.file.endsWith('.rs')} {...props} />
              ),
            )}
          </div>
        </section>
      )}
      {frame.missing.map(({ span, location }) => (
        <p key={span} class="missing">
          {span === 0 ? 'The finding' : `Step ${span}`} is at line {location.startLine}, column{' '}
          {location.startColumn}; its source is not in this report.
        </p>
      ))}
    </figure>
  );
}

function Line({
  row,
  rust,
  finding,
  activeStep,
  onStep,
}: Props & { readonly row: FrameRow & { readonly kind: 'line' }; readonly rust: boolean }) {
  const steps = row.starts.filter(span => span !== 0);
  const active = activeStep.value !== null && row.marks.some(mark => mark.span === activeStep.value);
  const primary = row.marks.some(mark => mark.span === 0);
  const pieces = linePieces(row.text, row.marks, rust ? rustTokens(row.text) : []);
  return (
    <>
      <div class={`line ${primary ? 'primary-line' : ''} ${active ? 'active' : ''}`}>
        <span class="gutter">
          <span class="badges">
            {steps.map(step => (
              <button
                key={step}
                type="button"
                class="badge"
                title={finding.steps[step - 1]?.message}
                aria-label={`Step ${step}: ${finding.steps[step - 1]?.message ?? ''}`}
                aria-pressed={activeStep.value === step}
                onClick={() => onStep(step)}
              >
                {step}
              </button>
            ))}
          </span>
          <span class="line-number">{row.line}</span>
        </span>
        <code class="text">
          {pieces.map((piece, index) => (
            <Piece key={index} piece={piece} severity={finding.severity} activeStep={activeStep.value} />
          ))}
        </code>
      </div>
      {row.labels.map(({ span, column }) => {
        const text = span === 0 ? finding.label : finding.steps[span - 1]?.message;
        if (text === undefined || (span !== 0 && activeStep.value !== span)) return null;
        return (
          <div key={span} class={`line label ${span === 0 ? finding.severity : 'step-label'}`}>
            <span class="gutter" />
            <span class="text">
              {/* The line's own beginning, unseen, puts the label under its span whatever the characters' widths. */}
              <span class="indent" aria-hidden="true">
                {[...row.text].slice(0, column - 1).join('')}
              </span>
              <span class="label-text">
                {span !== 0 && `${span} `}
                <Message text={text} />
              </span>
            </span>
          </div>
        );
      })}
    </>
  );
}

function Piece({
  piece,
  severity,
  activeStep,
}: {
  readonly piece: LinePiece;
  readonly severity: Finding['severity'];
  readonly activeStep: number | null;
}) {
  const text = piece.control ? <ControlCharacter name={piece.text} /> : piece.text;
  const token = piece.token === null ? '' : `token-${piece.token}`;
  if (piece.spans.length === 0) return token === '' ? text : <span class={token}>{text}</span>;
  const primary = piece.spans.includes(0);
  const active = activeStep !== null && piece.spans.includes(activeStep);
  return (
    <mark
      data-spans={piece.spans.join(' ')}
      class={`${token} ${primary ? `primary ${severity}` : 'secondary'} ${active ? 'active' : ''}`}
    >
      {text}
    </mark>
  );
}
