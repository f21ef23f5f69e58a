/**
 * What `rustc -Zprint-type-sizes` prints on standard output: one section per type, largest first. Defined by
 * rustc_session's `code_stats.rs`; seen with rustc 1.95.0 and 1.97.0-nightly. It is no stable interface.
 *
 *     print-type-size type: `{async fn body of big()}`: 20016 bytes, alignment: 4 bytes
 *     print-type-size     discriminant: 1 bytes
 *     print-type-size     variant `Suspend0`: 20011 bytes
 *     print-type-size         local `.b`: 20000 bytes
 *     print-type-size         padding: 3 bytes
 *     print-type-size         local `.__awaitee`: 8 bytes, alignment: 4 bytes, type: {async fn body of io()}
 *     print-type-size     variant `Returned`: 0 bytes
 *     print-type-size     end padding: 1 bytes
 *
 * A field's place and alignment are printed only where they do not follow from the one before; they are not kept, nor are
 * discriminants and padding. Fields of a type without variants stand one level further out; they are left out with their
 * type's sections, for only futures are asked about.
 */
import type { Parsed, Problem } from '#base/parsed.ts';
import type { FieldSize, TypeSize, VariantSize } from '#model/type-size.ts';

const prefix = 'print-type-size ';
const typeLine = /^type: `(.*)`: (\d+) bytes(?:, alignment: (\d+) bytes)?/;
const variantLine = /^ {4}variant `(.*)`: (\d+) bytes/;
const fieldLine = /^ {8}(field|upvar|local) `\.(.*?)`: (\d+) bytes(.*)$/;
/** Said of every type, and not kept. */
const otherLine =
  /^ {4}(discriminant|end padding|padding|(field|upvar|local) `.*?`): \d+ bytes|^ {8}padding: \d+ bytes/;

/** Other lines of standard output are not its business; lines that begin as its own and are not understood are problems. */
export function parseTypeSizes(text: string): Parsed<TypeSize[]> {
  const types: TypeSize[] = [];
  const problems: Problem[] = [];
  // Null behind a type that was not understood: what follows belongs to it.
  let variants: VariantSize[] | null = null;
  let fields: FieldSize[] | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (!line.startsWith(prefix)) continue;
    const rest = line.slice(prefix.length);
    const type = typeLine.exec(rest);
    if (type !== null) {
      variants = [];
      fields = null;
      const [, ty = '', size, align] = type;
      types.push({
        ty,
        sizeBytes: Number(size),
        alignBytes: align === undefined ? null : Number(align),
        variants,
      });
      continue;
    }
    if (rest.startsWith('type: ')) {
      variants = null;
      problems.push({ what: 'a type’s size that is not understood', line: index + 1 });
    }
    if (variants === null) continue;
    const variant = variantLine.exec(rest);
    if (variant !== null) {
      fields = [];
      variants.push({ name: variant[1] ?? '', sizeBytes: Number(variant[2]), fields });
      continue;
    }
    const field = fieldLine.exec(rest);
    if (field !== null && fields !== null) {
      const [, kind, name = '', size, more = ''] = field;
      const printed = /, type: (.*)$/.exec(more)?.[1];
      fields.push({
        kind: kind as FieldSize['kind'],
        name,
        sizeBytes: Number(size),
        ty: printed ?? null,
      });
      continue;
    }
    if (!otherLine.test(rest))
      problems.push({ what: 'a line of a type’s size that is not understood', line: index + 1 });
  }
  return { value: types, problems };
}
