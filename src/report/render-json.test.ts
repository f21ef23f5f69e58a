import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { renderJson } from './render-json.ts';
import { inShapeOrder, reportShape, type Shape } from './report-shape.ts';
import { arbitraryReport, richReport } from './sample-report.ts';

interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

const schema: JsonSchema = JSON.parse(
  readFileSync(new URL('../../schema/assay-report-1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

function violations(report: unknown): readonly string[] {
  validate(JSON.parse(JSON.stringify(report)));
  return (validate.errors ?? []).map(error => `${error.instancePath}: ${error.message}`);
}

test('a report with everything is valid', () => {
  expect(violations(richReport)).toEqual([]);
});

test('arbitrary reports are valid', () => {
  fc.assert(
    fc.property(arbitraryReport, report => {
      // The model's counts start at 1.
      const unknowns = report.unknowns.map(unknown => ({ ...unknown, count: unknown.count + 1 }));
      expect(violations({ ...report, unknowns })).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('the schema is strict', () => {
  expect(violations({ ...richReport, score: 9 })).toEqual([': must NOT have additional properties']);
  const [finding] = richReport.findings;
  expect(
    violations({ ...richReport, findings: [{ ...finding, severity: 'fatal', fingerprint: 'X' }] }),
  ).toEqual([
    '/findings/0/severity: must be equal to one of the allowed values',
    '/findings/0/fingerprint: must match pattern "^[0-9a-f]{16}$"',
  ]);
});

test('the bytes do not depend on the order of keys', () => {
  const reversed: unknown = JSON.parse(JSON.stringify(richReport), (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).reverse())
      : value,
  );
  expect(JSON.stringify(reversed)).not.toBe(JSON.stringify(richReport));
  expect(renderJson(reversed as typeof richReport)).toBe(renderJson(richReport));
});

test('a report reads back as it was', () => {
  fc.assert(
    fc.property(arbitraryReport, report => {
      expect(JSON.parse(renderJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
    }),
  );
});

test('keys that the shape does not know are kept, sorted, at the end', () => {
  expect(
    Object.keys(inShapeOrder({ z: 1, message: 'm', a: 2, tool: 't' }, shapeAt('failures')) as object),
  ).toEqual(['tool', 'message', 'a', 'z']);
});

test('the first lines of a report', () => {
  expect(renderJson(richReport).split('\n').slice(0, 30).join('\n')).toMatchInlineSnapshot(`
    "{
      "schema": "assay-report/1",
      "assay": {
        "version": "0.1.0"
      },
      "workspace": {
        "root": ".",
        "members": [
          "shop 0.1.0"
        ],
        "rustc": "1.95.0",
        "cargo": "1.95.0",
        "host": "x86_64-unknown-linux-gnu"
      },
      "findings": [
        {
          "rule": "async/guard-held-across-await",
          "severity": "error",
          "confidence": "proved",
          "message": "\`std::sync::MutexGuard\` \`g\` is held across an await",
          "function": "shop::count",
          "package": "shop 0.1.0",
          "location": {
            "file": "src/server.rs",
            "startLine": 6,
            "startColumn": 9,
            "endLine": 6,
            "endColumn": 14
          },
          "label": "the guard \`g\` lives until \`drop\`","
  `);
  expect(renderJson(richReport).endsWith('}\n')).toBe(true);
});

function shapeAt(key: string): Shape {
  if (typeof reportShape === 'string' || !('keys' in reportShape)) throw new Error('no keys');
  const shape = reportShape.keys[key]!;
  return typeof shape !== 'string' && 'listOf' in shape ? shape.listOf : shape;
}

interface Property {
  readonly name: string;
  readonly optional: boolean;
  readonly type: ts.TypeNode;
}

/** The model's interfaces as TypeScript declares them: property by name, with its type's text. */
function modelInterfaces(): ReadonlyMap<
  string,
  readonly { name: string; optional: boolean; type: ts.TypeNode }[]
> {
  const interfaces = new Map<string, readonly { name: string; optional: boolean; type: ts.TypeNode }[]>();
  for (const file of ['report', 'finding', 'section', 'location']) {
    const text = readFileSync(new URL(`../model/${file}.ts`, import.meta.url), 'utf8');
    const sourceFile = ts.createSourceFile(`${file}.ts`, text, ts.ScriptTarget.Latest, true);
    for (const statement of sourceFile.statements) {
      if (ts.isInterfaceDeclaration(statement))
        interfaces.set(statement.name.text, propertiesOf(statement.members));
    }
  }
  return interfaces;
}

function propertiesOf(members: ts.NodeArray<ts.TypeElement>): readonly Property[] {
  return members.filter(ts.isPropertySignature).map(member => ({
    name: member.name.getText(),
    optional: member.questionToken !== undefined,
    type: member.type!,
  }));
}

/** Where a schema does not say what a type says. Follows inline objects, arrays and unions of literals. */
function differences(path: string, type: ts.TypeNode, given: JsonSchema | undefined): readonly string[] {
  if (!given) return [`${path}: not in the schema`];
  if (ts.isTypeOperatorNode(type)) return differences(path, type.type, given);
  if (ts.isParenthesizedTypeNode(type)) return differences(path, type.type, given);
  if (ts.isArrayTypeNode(type)) {
    return given.type === 'array'
      ? differences(`${path}[]`, type.elementType, given.items)
      : [`${path}: no array`];
  }
  if (ts.isTypeLiteralNode(type)) return objectDifferences(path, propertiesOf(type.members), given);
  if (ts.isLiteralTypeNode(type)) {
    const literal = type.literal.getText().slice(1, -1);
    return given.const === literal ? [] : [`${path}: not the constant ${literal}`];
  }
  if (ts.isUnionTypeNode(type)) {
    const literals = type.types.flatMap(member =>
      ts.isLiteralTypeNode(member) ? [member.literal.getText().slice(1, -1)] : [],
    );
    if (literals.length < type.types.length) return [];
    return JSON.stringify(given.enum) === JSON.stringify(literals)
      ? []
      : [`${path}: not the choices ${literals}`];
  }
  if (type.kind === ts.SyntaxKind.StringKeyword) {
    return given.type === 'string' || given.const !== undefined ? [] : [`${path}: no string`];
  }
  if (type.kind === ts.SyntaxKind.NumberKeyword) {
    return given.type === 'number' || given.type === 'integer' ? [] : [`${path}: no number`];
  }
  if (ts.isTypeReferenceNode(type) && schema.$defs?.[type.getText()]) {
    return given.$ref === `#/$defs/${type.getText()}` ? [] : [`${path}: no reference to ${type.getText()}`];
  }
  return [];
}

function objectDifferences(
  path: string,
  properties: readonly Property[],
  given: JsonSchema,
): readonly string[] {
  const names = properties.map(property => property.name);
  const required = properties.filter(property => !property.optional).map(property => property.name);
  const found: string[] = [];
  if (given.additionalProperties !== false) found.push(`${path}: additional properties are allowed`);
  const givenNames = Object.keys(given.properties ?? {});
  if (JSON.stringify(givenNames) !== JSON.stringify(names))
    found.push(`${path}: has ${givenNames}, the type has ${names}`);
  if (JSON.stringify(given.required) !== JSON.stringify(required))
    found.push(`${path}: requires ${given.required}, the type ${required}`);
  for (const { name, type } of properties)
    found.push(...differences(`${path}.${name}`, type, given.properties?.[name]));
  return found;
}

test('the schema says what the types of the model say', () => {
  const interfaces = modelInterfaces();
  expect(interfaces.size).toBeGreaterThan(15);
  const found = [...interfaces].flatMap(([name, properties]) => {
    const given = name === 'Report' ? schema : schema.$defs?.[name];
    return given ? objectDifferences(name, properties, given) : [`${name}: not in the schema`];
  });
  expect(found).toEqual([]);
});

/** Where keys come in another order than in the schema; also finds keys that only one of the two knows. */
function orderDifferences(path: string, shape: Shape, given: JsonSchema): readonly string[] {
  const resolved = given.$ref ? schema.$defs![given.$ref.split('/').at(-1)!]! : given;
  if (resolved.type === 'array') {
    if (shape === 'leaf') return resolved.items?.type === 'object' ? [`${path}: objects without order`] : [];
    return 'listOf' in shape
      ? orderDifferences(`${path}[]`, shape.listOf, resolved.items!)
      : [`${path}: no list`];
  }
  if (resolved.oneOf) return resolved.oneOf.flatMap(choice => orderDifferences(path, shape, choice));
  if (resolved.type !== 'object') return shape === 'leaf' ? [] : [`${path}: no leaf`];
  if (shape === 'leaf' || 'listOf' in shape) return [`${path}: no keys`];
  const known = Object.keys(shape.keys).filter(key => key in resolved.properties!);
  const expected = Object.keys(resolved.properties!);
  if (JSON.stringify(known) !== JSON.stringify(expected)) return [`${path}: ${known} instead of ${expected}`];
  if (given.$ref === '#/$defs/TreeNode' && path.includes('children')) return [];
  return expected.flatMap(key =>
    orderDifferences(`${path}.${key}`, shape.keys[key]!, resolved.properties![key]!),
  );
}

test('keys are written in the order of the schema', () => {
  expect(orderDifferences('report', reportShape, schema)).toEqual([]);
});
