import type { Problem } from '#base/parsed.ts';
import type { EvidenceSource } from '#model/evidence.ts';

/** What a recorded evidence file yields: null when nothing of it can be used; `problems` says why. */
export interface OpenedEvidence {
  readonly source: EvidenceSource | null;
  readonly problems: readonly Problem[];
  /** Closes the file; reading parts after that fails. */
  close(): Promise<void>;
}

/** Writes every part of `source` into one compressed file; the same evidence always gives the same bytes. */
export declare function writeEvidenceFile(source: EvidenceSource, path: string): Promise<void>;

/** Opens a recorded file. Never throws on what is in it; a file that cannot be opened at all is a problem too. */
export declare function openEvidenceFile(path: string): Promise<OpenedEvidence>;
