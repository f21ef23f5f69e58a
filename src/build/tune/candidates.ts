/** Which settings can be tried here, and why the others are not. */
import { editToml } from '#base/edit-toml.ts';
import type { Keep, ScenarioKind, Setting, SettingEdit, TuneHost } from './setting.ts';

export interface Candidate {
  readonly setting: Setting;
  readonly edits: readonly SettingEdit[];
}

/** `why`: as it follows "not tried: ". */
export interface NotTried {
  readonly setting: Setting;
  readonly why: string;
}

/** The texts of the files that settings are written to; empty where a file is not there. */
export interface SettingsFiles {
  readonly manifest: string;
  readonly config: string;
}

export function candidatesAmong(
  settings: readonly Setting[],
  host: TuneHost,
  kept: readonly Keep[],
  scenarios: readonly string[],
  files: SettingsFiles,
): { readonly candidates: readonly Candidate[]; readonly notTried: readonly NotTried[] } {
  const candidates: Candidate[] = [];
  const notTried: NotTried[] = [];
  const kinds = new Set(scenarios.map(kindOf));
  for (const setting of settings) {
    const why = reasonAgainst(setting);
    if (typeof why === 'string') notTried.push({ setting, why });
    else candidates.push({ setting, edits: why });
  }
  candidates.sort((a, b) => b.setting.promise - a.setting.promise);
  return { candidates, notTried };

  function reasonAgainst(setting: Setting): string | readonly SettingEdit[] {
    const given = setting.givesUp.filter(keep => kept.includes(keep));
    if (given.length > 0) return `it costs ${given.join(' and ')}, and --keep protects that`;
    const missing = setting.missing(host);
    if (missing !== null) return `it needs ${missing}`;
    if (!setting.affects.some(kind => kinds.has(kind))) return 'none of the scenarios depends on it';
    const spoilt = scenarios.find(scenario => setting.spoils?.includes(kindOf(scenario)));
    if (spoilt !== undefined) return `it would spoil ${spoilt}`;
    const edits = setting.edits(host);
    if (edits.some(({ edit }) => edit.key === 'rustflags')) {
      if (host.rustflags === 'environment')
        return 'RUSTFLAGS is set in the environment, and .cargo/config.toml is not asked for flags';
      if (host.rustflags === 'unclear')
        return "flags are in [build] and in [target.'cfg(…)'] of .cargo/config.toml, and one replaces the other";
    }
    const changed = applyEdits(files, edits);
    if (typeof changed === 'string') return changed;
    return changed.manifest === files.manifest && changed.config === files.config ? 'it is so today' : edits;
  }
}

/** The files with the edits, or in words why that cannot be. */
export function applyEdits(files: SettingsFiles, edits: readonly SettingEdit[]): SettingsFiles | string {
  let { manifest, config } = files;
  for (const { file, edit } of edits) {
    const { text, problem } = editToml(file === 'manifest' ? manifest : config, edit);
    if (problem !== null) return `${file === 'manifest' ? 'Cargo.toml' : '.cargo/config.toml'}: ${problem}`;
    if (file === 'manifest') manifest = text;
    else config = text;
  }
  return { manifest, config };
}

/** Can both hold at once? */
export function compatible(a: Candidate, b: Candidate): boolean {
  if (a.setting.group !== undefined && a.setting.group === b.setting.group) return false;
  const keys = new Set(a.edits.flatMap(writtenKeys));
  if (b.edits.flatMap(writtenKeys).some(key => keys.has(key))) return false;
  return !excludes(a, b) && !excludes(b, a);
}

function excludes(a: Candidate, b: Candidate): boolean {
  return a.setting.excludes?.includes(b.setting.name) === true;
}

function writtenKeys({ file, edit }: SettingEdit): readonly string[] {
  return edit.append === true ? [] : [`${file} ${edit.table.join('.')}.${edit.key}`];
}

/** Of the scenario as it is asked for: `edit:src/lib.rs` is an `edit`. */
export function kindOf(scenario: string): ScenarioKind {
  return scenario.split(':')[0] as ScenarioKind;
}
