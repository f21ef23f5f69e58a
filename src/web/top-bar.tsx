import { countText } from '#model/measure-text.ts';
import type { Place } from './places.ts';
import type { ThemeSwitch } from './theme.ts';

/** Stays at the top of the window: the sections, the theme, the keys. */
export function TopBar({
  places,
  themeSwitch,
  openHelp,
}: {
  readonly places: readonly Place[];
  readonly themeSwitch: ThemeSwitch;
  readonly openHelp: () => void;
}) {
  const other = themeSwitch.theme.value === 'dark' ? 'light' : 'dark';
  return (
    <header class="top-bar">
      <div class="top-bar-inner">
        <a class="brand" href="#top">
          Assay
        </a>
        <nav aria-label="Sections">
          {places.map(place => (
            <a key={place.id} href={`#${place.id}`}>
              {place.title}
              {place.count !== null && <span class="count">{countText(place.count)}</span>}
            </a>
          ))}
        </nav>
        <div class="top-bar-tools">
          <button
            type="button"
            class="quiet"
            onClick={() => themeSwitch.toggle()}
            aria-label={`Use the ${other} theme`}
          >
            {other === 'dark' ? 'Dark' : 'Light'}
          </button>
          <button type="button" class="quiet" onClick={openHelp} aria-label="Keys" title="Keys (?)">
            ?
          </button>
        </div>
      </div>
    </header>
  );
}
