import { useEffect, useMemo, useRef } from 'preact/hooks';
import { FindingsSection } from './findings/findings-section.tsx';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { followHash, listenToKeys } from './navigate.ts';
import type { PageState } from './page-state.ts';
import { Provenance } from './provenance.tsx';
import { sectionsOf } from './read-report.ts';
import { AreaSection } from './sections/area-section.tsx';
import type { ThemeSwitch } from './theme.ts';
import { TopBar } from './top-bar.tsx';
import { Unknowns } from './unknowns.tsx';

export function App({
  state,
  themeSwitch,
}: {
  readonly state: PageState;
  readonly themeSwitch: ThemeSwitch;
}) {
  const help = useRef<HTMLDialogElement>(null);
  const areas = useMemo(() => sectionsOf(state.report), [state]);
  const places = useMemo(() => placesOf(state, areas), [state, areas]);
  const openHelp = () => help.current?.showModal();

  useEffect(() => {
    const letters = new Map(
      places.flatMap(place => (place.letter === null ? [] : [[place.letter, place.id] as const])),
    );
    const stopKeys = listenToKeys(state, letters, { open: openHelp });
    const onHashChange = () => followHash(state);
    window.addEventListener('hashchange', onHashChange);
    followHash(state);
    return () => {
      stopKeys();
      window.removeEventListener('hashchange', onHashChange);
    };
  }, [state, places]);

  return (
    <>
      <TopBar places={places} themeSwitch={themeSwitch} openHelp={openHelp} />
      <main class="page">
        <Header report={state.report} />
        <FindingsSection state={state} />
        {areas.map(({ key, section }) => (
          <AreaSection key={key} id={key} section={section} state={state} />
        ))}
        <Unknowns unknowns={state.report.unknowns} />
        <Provenance report={state.report} />
      </main>
      <HelpDialog dialog={help} places={places} />
      <p class="visually-hidden" role="status">
        {state.announcement}
      </p>
    </>
  );
}

/** A section of the page, as the bar at the top and the keys name it. */
export interface Place {
  readonly id: string;
  readonly title: string;
  /** How many things are there; null where that says nothing. */
  readonly count: number | null;
  /** The key after `g`; null where all its letters are taken. */
  readonly letter: string | null;
}

function placesOf(
  state: PageState,
  areas: readonly { readonly key: string; readonly section: { title: string } }[],
): Place[] {
  const { findings, unknowns } = state.report;
  const taken = new Set(['f', 'u', 'p']);
  const places: Place[] = [{ id: 'findings', title: 'Findings', count: findings.length, letter: 'f' }];
  for (const { key, section } of areas) {
    const letter = [...key].find(candidate => /[a-z]/.test(candidate) && !taken.has(candidate)) ?? null;
    if (letter !== null) taken.add(letter);
    places.push({ id: key, title: section.title, count: null, letter });
  }
  const unseen = unknowns.reduce((sum, unknown) => sum + unknown.count, 0);
  places.push({ id: 'unknowns', title: 'Unknowns', count: unseen, letter: 'u' });
  places.push({ id: 'provenance', title: 'Provenance', count: null, letter: 'p' });
  return places;
}
