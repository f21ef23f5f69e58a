import { effect, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { secondsText } from '#model/measure-text.ts';
import type { TimelineBar } from '#model/section.ts';
import type { PageState } from '../page-state.ts';
import { readPalette } from '../timeline/palette.ts';
import { sharpContext } from '../timeline/sharp-context.ts';
import { barUnder, chartHeight, measuredStrip, predictedStrip } from './compare-geometry.ts';
import { drawComparison } from './draw-comparison.ts';
import type { WhatIfState } from './what-if-state.ts';

/** The measured build over the predicted one, on one scale. */
export function Comparison({ state, page }: { readonly state: WhatIfState; readonly page: PageState }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useSignal(800);
  const pointed = useSignal<TimelineBar | null>(null);
  const measured = useMemo(() => measuredStrip(state.build.bars), [state]);
  const strips = useComputed(() => [measured, predictedStrip(state.predictedBars.value, measured)]);
  const height = chartHeight(predictedStrip([], measured));
  const span = useComputed(() => Math.max(0.001, ...strips.value.map(({ endSeconds }) => endSeconds)));
  const frame = useRef(0);
  const draw = () => {
    const element = canvas.current;
    const context = sharpContext(element, width.value, height);
    if (element === null || context === null) return;
    drawComparison(context, strips.value, span.value, width.value, readPalette(element));
    element.dataset.drawn = state.question.value;
  };
  // A plain effect runs with the change, so that the frame that follows a control's event shows its answer;
  // `useSignalEffect` would wait for that frame and draw in the one after.
  useEffect(
    () =>
      effect(() => {
        void [strips.value, width.value, page.theme.value];
        cancelAnimationFrame(frame.current);
        frame.current = requestAnimationFrame(draw);
      }),
    [state],
  );
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      width.value = Math.max(1, element.clientWidth);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const bar = pointed.value;
  return (
    <div class="comparison">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Units over time: measured ${secondsText(strips.value[0]!.endSeconds)}, predicted ${secondsText(strips.value[1]!.endSeconds)}`}
        style={{ height: `${height}px` }}
        onPointerMove={event => {
          pointed.value = barUnder(strips.value, event.offsetX, event.offsetY, width.value, span.value);
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
      />
      <p class="hint no-print">
        {bar === null
          ? 'Point at a unit to see its name.'
          : `${bar.label} ${bar.detail}: ${secondsText(bar.endSeconds - bar.startSeconds)} from ${secondsText(bar.startSeconds)}`}
      </p>
    </div>
  );
}
