import type { Parsed } from '#base/parsed.ts';
import type { Report } from '#model/report.ts';
import type { Section } from '#model/section.ts';

/**
 * The report that the page carries. Null with a problem when it is missing, is not JSON, or has a schema that this page
 * does not know; its fields are not checked one by one, since the same version of Assay wrote the page and the report.
 */
export function readReport(text: string | null): Parsed<Report | null> {
  if (text === null) return { value: null, problems: [{ what: 'this page holds no report' }] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { value: null, problems: [{ what: 'the report inside this page is not complete JSON' }] };
  }
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? String(json.schema) : 'none';
  if (schema !== 'assay-report/1') {
    return {
      value: null,
      problems: [{ what: `this page shows reports of schema assay-report/1; this one says ${schema}` }],
    };
  }
  return { value: json as Report, problems: [] };
}

/** Every area's section with its key, in the report's order: an area that this page has never heard of is shown too. */
export function sectionsOf(report: Report): { readonly key: string; readonly section: Section }[] {
  const found: { key: string; section: Section }[] = [];
  for (const [key, value] of Object.entries(report)) {
    if (isSection(value)) found.push({ key, section: value });
  }
  return found;
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && 'blocks' in value && Array.isArray(value.blocks);
}
