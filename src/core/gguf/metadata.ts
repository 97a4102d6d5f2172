import type { ByteCursor } from "./byteCursor";
import { type Scalar, type ScalarType, valueBytes, type ValueType, valueTypes } from "./valueTypes";

/** A list too long to keep: what it is, its first values, and where the file has it. */
export interface FoldedList {
  readonly kind: "folded";
  readonly element: ValueType;
  readonly length: number;
  readonly first: readonly MetadataValue[];
  /** Of the first value, from the start of the file, and the bytes of all values. */
  readonly offset: number;
  readonly bytes: number;
}

/** A text too long to keep. */
export interface FoldedText {
  readonly kind: "foldedText";
  /** How it begins. */
  readonly first: string;
  /** Of its first character, from the start of the file, and its bytes. */
  readonly offset: number;
  readonly bytes: number;
}

export type MetadataValue = Scalar | readonly MetadataValue[] | FoldedList | FoldedText;

export function isFolded(value: unknown): value is FoldedList {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "folded";
}

export function isFoldedText(value: unknown): value is FoldedText {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "foldedText";
}

/** Which lists and texts are kept and which are folded. */
export interface Folding {
  /** Values of the longest list that is kept. */
  readonly longest: number;
  /** Bytes of the longest text that is kept, where it is a value of its own. */
  readonly longestText: number;
  /** Keys whose lists are kept whatever their length. */
  whole?(key: string): boolean;
}

/** What cannot be a metadata value: a few words about it. */
export class DamagedValue extends Error {}

/** Values of a folded list, and bytes of a folded text, that are kept. */
const [firstValues, firstBytes] = [8, 256];
/** Values that are kept in all: three times what the largest vocabularies need. */
const mostValues = 2 ** 22;
/** Lists in lists in lists: GGUF allows them, no model has them. */
const deepest = 4;

/** Values kept so far: a bound that does not depend on the bytes at hand. */
export interface Budget {
  kept: number;
}

export interface ListHead {
  readonly element: ValueType;
  readonly length: number;
}

/** Reads metadata values; never keeps more values than the bytes at hand can hold. */
export class MetadataReader {
  constructor(
    private readonly cursor: ByteCursor,
    private readonly folding: Folding,
    private readonly budget: Budget,
  ) {}

  type(): ValueType {
    const number = this.cursor.uint32();
    const type = valueTypes[number];
    if (type === undefined) throw new DamagedValue(`a metadata value of type ${number}`);
    return type;
  }

  /** A value that is no list. */
  single(type: ScalarType): Scalar | FoldedText {
    if (type !== "string") return this.#scalar(type);
    const bytes = this.cursor.count();
    if (bytes <= this.folding.longestText) return this.cursor.characters(bytes);
    const offset = this.cursor.position;
    const first = this.cursor.characters(Math.min(bytes, firstBytes)).replace(/\ufffd$/, "");
    this.cursor.position = offset;
    this.cursor.skip(bytes);
    return { kind: "foldedText", first, offset, bytes };
  }

  listHead(): ListHead {
    return { element: this.type(), length: this.cursor.count() };
  }

  folds(key: string, { length }: ListHead): boolean {
    return length > (this.folding.whole?.(key) ? Infinity : this.folding.longest) || this.budget.kept + length > mostValues;
  }

  /** All values of a list, or its first ones. */
  values({ element, length }: ListHead, folded: boolean, depth = 1): readonly MetadataValue[] {
    const kept = folded ? Math.min(length, firstValues) : length;
    this.cursor.require(kept * this.#leastBytes(element));
    this.budget.kept += kept;
    const values: MetadataValue[] = [];
    for (let index = 0; index < kept; index++) values.push(element === "array" ? this.#inner(depth + 1) : this.#scalar(element));
    return values;
  }

  /** Goes on behind values of a fixed size, which need not be at hand. */
  skipValues(type: Exclude<ScalarType, "string">, count: number): void {
    this.cursor.skip(count * valueBytes[type]);
  }

  /** Goes on behind a list in a list. */
  skipList(depth = 2): void {
    const { element, length } = this.#innerHead(depth);
    if (element === "array") for (let index = 0; index < length; index++) this.skipList(depth + 1);
    else if (element !== "string") this.skipValues(element, length);
    else if (this.cursor.skipTexts(length) > 0) this.cursor.count();
  }

  #inner(depth: number): MetadataValue {
    const head = this.#innerHead(depth);
    if (this.budget.kept + head.length > mostValues) throw new DamagedValue("more values than any model has");
    return this.values(head, false, depth);
  }

  #innerHead(depth: number): ListHead {
    if (depth > deepest) throw new DamagedValue("lists in lists in lists");
    return this.listHead();
  }

  #scalar(type: ScalarType): Scalar {
    if (type === "string") return this.cursor.text();
    return type === "bool" ? this.cursor.number("u8") !== 0 : this.cursor.number(type);
  }

  /** What the shortest value takes in a file. */
  #leastBytes(type: ValueType): number {
    const { countBytes } = this.cursor.layout;
    if (type === "array") return 4 + countBytes;
    return type === "string" ? countBytes : valueBytes[type];
  }
}
