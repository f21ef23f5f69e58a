/** What the compiler computed of a type's layout, as far as it says so; sizes in bytes. */
export interface TypeSize {
  /** The type as rustc prints it. */
  readonly ty: string;
  readonly sizeBytes: number;
  readonly alignBytes: number | null;
  /** Of an enum its variants; of a future `Unresumed`, `Suspend0`, …, `Returned`, `Panicked`. Of others none. */
  readonly variants: readonly VariantSize[];
}

export interface VariantSize {
  readonly name: string;
  readonly sizeBytes: number;
  /** In the order of their place in memory. */
  readonly fields: readonly FieldSize[];
}

export interface FieldSize {
  /** `upvar`: what a closure or future captured, arguments too; `local`: what a future keeps while it is suspended. */
  readonly kind: 'field' | 'upvar' | 'local';
  readonly name: string;
  readonly sizeBytes: number;
  /** Printed for what has no name in the source, such as the future that is awaited; else null. */
  readonly ty: string | null;
}
