import type { Problem } from '#base/parsed.ts';
import { insideText, insideVersion } from '#build/inside/profiled-unit.ts';
import { parseMonoStats } from '#formats/mono-stats/parse.ts';
import { parseSelfProfile } from '#formats/self-profile/parse.ts';
import type { MonoItem, SelfProfile } from '#model/self-profile.ts';
import type { InsidePass } from '#toolchain/pass-options.ts';
import type { TraceFolder } from './trace-folder.ts';

/** Sums up what rustc left of itself, for the build area. */
export function insidePass(traces: TraceFolder | null): InsidePass {
  return {
    version: insideVersion,
    async summarise(openProfile, monoStats, call) {
      const problems: Problem[] = [];
      let profile: SelfProfile | null = null;
      if (openProfile === null) problems.push({ what: 'rustc left no self-profile' });
      else {
        const parsed = await parseSelfProfile(openProfile);
        profile = parsed.value;
        problems.push(...parsed.problems);
        if (traces !== null && call.member) await traces.write(openProfile, call);
      }
      let monoItems: readonly MonoItem[] = [];
      if (monoStats !== null) {
        const parsed = parseMonoStats(monoStats);
        monoItems = parsed.value;
        problems.push(...parsed.problems);
      }
      return insideText({ profile, monoItems, problems });
    },
  };
}
