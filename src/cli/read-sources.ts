import type { EvidenceSource } from '#model/evidence.ts';
import type { SourceText } from '#rules/suppression.ts';

const sourcePrefix = 'source/';

/** The source files in the evidence, by their paths relative to its root. */
export async function readSources(evidence: EvidenceSource): Promise<SourceText[]> {
  const sources: SourceText[] = [];
  for (const name of evidence.partNames) {
    if (!name.startsWith(sourcePrefix)) continue;
    const text = await evidence.readPart(name);
    if (text !== null) sources.push({ file: name.slice(sourcePrefix.length), text });
  }
  return sources;
}
