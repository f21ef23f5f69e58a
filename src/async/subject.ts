import type { FunctionNode } from '#mir/function-node.ts';
import type { TypeScope, TypeShapes } from '#mir/type-shapes.ts';
import type { Location } from '#model/location.ts';
import type { Body, MirCrate, SpanRef } from '#model/mir.ts';
import type { SourceFile } from './source-file.ts';

/** One body in the second reading, with what a rule may ask about it. */
export interface Subject {
  readonly body: Body;
  readonly node: FunctionNode;
  readonly krate: MirCrate;
  readonly scope: TypeScope;
  /** Crate-qualified name for people: `shop::run`, `shop::<S as Svc>::go`, `shop::run::{closure#0}`. */
  readonly displayName: string;
  /** A span with its file relative to the workspace; null where there is none. */
  span(ref: SpanRef): Location | null;
  readonly shapes: TypeShapes;
  readonly readSource: (file: string) => string | null;
  /** A source file of the workspace with its macro calls; null where its text is not known. */
  sourceFile(file: string): SourceFile | null;
}

/** Spans inside the workspace are relative; the standard library's and other crates' are absolute. */
export function isInWorkspace(location: Location): boolean {
  return !/^([/\\<]|[A-Za-z]:[/\\])/.test(location.file) && !location.file.startsWith('../');
}
