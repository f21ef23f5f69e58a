/** The build of a report that was read back, with what two builds are compared by. */

/** The build of one report. Null or absent is what the report does not say. */
export interface ReportedBuild {
  readonly rustc: string;
  readonly host: string;
  /** `name version`. */
  readonly members: readonly string[];
  readonly jobs: number | null;
  readonly cores: number | null;
  readonly wallSeconds: number | null;
  readonly cpuSeconds: number | null;
  readonly criticalPathSeconds: number | null;
  readonly floorSeconds: number | null;
  readonly replaySeconds: number | null;
  readonly replayErrorPercent: number | null;
  readonly units: readonly ReportedUnit[];
}

export interface ReportedUnit {
  readonly package: string;
  readonly version: string;
  readonly target: string;
  readonly mode: string;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly frontendSeconds: number | null;
  readonly codegenSeconds: number | null;
  readonly linkSeconds: number | null;
  readonly critical: boolean;
  /** Sorted; null where the report's timeline does not have the unit. */
  readonly features: readonly string[] | null;
  /** Places in `units`. */
  readonly dependencies: readonly number[];
}

/** A report with the name that it was given by. */
export interface NamedBuild {
  readonly name: string;
  readonly build: ReportedBuild;
}
