import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Confidence, Finding } from '#model/finding.ts';
import { copyText } from '../clipboard.ts';
import { Message } from '../message.tsx';
import { findingHash } from '../page-hash.ts';
import type { PageState } from '../page-state.ts';
import { framesOf } from './frames.ts';
import { SourceFrame } from './source-frame.tsx';
import { Steps } from './steps.tsx';

/** What the words of `Confidence` mean, beside the word. */
const confidenceMeaning: Readonly<Record<Confidence, string>> = {
  proved: 'follows from compiler facts with no open step',
  likely: 'rests on a table entry or a summary',
  possible: 'an unresolved call lies on the path',
};

export function FindingDetail({
  state,
  finding,
  index,
}: {
  readonly state: PageState;
  readonly finding: Finding;
  readonly index: number;
}) {
  const frames = useMemo(() => framesOf(finding, state.source), [finding, state]);
  const activeStep = useSignal<number | null>(null);
  const element = useRef<HTMLElement>(null);

  const follow = (step: number) => {
    activeStep.value = step;
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    element.current
      ?.querySelector(`mark[data-spans~="${step}"]`)
      ?.scrollIntoView({ block: 'center', inline: 'nearest', behavior: calm ? 'auto' : 'smooth' });
  };

  return (
    <article id={`finding-${index}`} class="detail" ref={element} aria-label={finding.message}>
      <div class={finding.steps.length > 0 ? 'story' : 'story alone'}>
        <div class="frames">
          {frames.map(frame => (
            <SourceFrame
              key={frame.file}
              frame={frame}
              finding={finding}
              activeStep={activeStep}
              onStep={follow}
            />
          ))}
        </div>
        {finding.steps.length > 0 && <Steps finding={finding} activeStep={activeStep} onStep={follow} />}
      </div>
      <Remarks finding={finding} />
      <Facts finding={finding} state={state} />
    </article>
  );
}

/** In the words and the order of rustc: notes, then help; then what the claim rests on. */
function Remarks({ finding }: { readonly finding: Finding }) {
  return (
    <dl class="remarks">
      {finding.notes?.map(note => (
        <Remark key={note} title="note">
          <Message text={note} />
        </Remark>
      ))}
      {finding.help?.map(help => (
        <Remark key={help} title="help">
          <Message text={help} />
        </Remark>
      ))}
      {finding.evidence.map((evidence, index) => (
        <Remark key={index} title="evidence">
          <span class="evidence-kind">{evidence.kind}</span> <Message text={evidence.what} />
        </Remark>
      ))}
      {finding.suppressed !== undefined && (
        <Remark title="allowed">
          <Message text={finding.suppressed.reason} />{' '}
          <code class="bare">
            {finding.suppressed.location.file}:{finding.suppressed.location.startLine}
          </code>
        </Remark>
      )}
      <Remark title={finding.confidence}>{confidenceMeaning[finding.confidence]}</Remark>
    </dl>
  );
}

function Remark({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="remark">
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ finding, state }: { readonly finding: Finding; readonly state: PageState }) {
  const { file, startLine, startColumn } = finding.location;
  const at = `${file}:${startLine}:${startColumn}`;
  const copied = useSignal(false);
  const copy = async () => {
    copied.value = await copyText(at);
    state.announcement.value = copied.value ? `Copied ${at}` : 'The browser refused to copy';
    setTimeout(() => {
      copied.value = false;
      state.announcement.value = '';
    }, 2000);
  };
  return (
    <footer class="facts">
      <button
        type="button"
        class="copy"
        onClick={copy}
        title="Copy the location"
        aria-label={`Copy the location ${at}`}
      >
        <code class="bare">{at}</code> <span class="copy-word">{copied.value ? 'copied' : 'copy'}</span>
      </button>
      <code class="bare">{finding.rule}</code>
      {finding.package !== undefined && <span>{finding.package}</span>}
      <a href={findingHash(finding.fingerprint)} title="Link to this finding">
        <code class="bare">{finding.fingerprint}</code>
      </a>
    </footer>
  );
}
