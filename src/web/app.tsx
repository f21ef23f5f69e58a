import { useEffect, useMemo, useRef } from 'preact/hooks';
import { FindingsSection } from './findings/findings-section.tsx';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { followHash, listenToKeys } from './navigate.ts';
import type { PageState } from './page-state.ts';
import { placesOf } from './places.ts';
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
  const places = useMemo(() => placesOf(state.report, areas), [state, areas]);
  const openHelp = () => help.current?.showModal();

  useEffect(() => {
    const letters = new Map(
      places.flatMap(place => (place.letter === null ? [] : [[place.letter, place.id] as const])),
    );
    const stopKeys = listenToKeys(state, letters, { open: openHelp });
    // From here on keys are heard: what drives the page (a test, a script) can wait for it.
    document.documentElement.dataset.ready = 'yes';
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
