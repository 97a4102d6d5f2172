import { HumanError } from "../../protocol/humanError";
import { type Beginning, formatProblem, readBeginning } from "./beginning";
import { brief } from "./brief";
import { aligned } from "./byteWriter";
import { ByteCursor, type ByteWindow, EndOfBytes } from "./byteCursor";
import { checkComplete, type HeaderEntry, type ParsedHeader, type TensorInfo, tensorInfo } from "./header";
import { DamagedValue, type FoldedList, type Folding, MetadataReader, type MetadataValue } from "./metadata";
import type { ValueType } from "./valueTypes";
import { defaultAlignment } from "./writer";

/** Bytes of a file that are needed to go on. */
export interface WantedBytes {
  readonly offset: number;
  /** At least so many. */
  readonly bytes: number;
}

export interface ParseOptions extends Partial<Folding> {
  /** What sentences call the file. */
  readonly name?: string;
}

/** No header is read beyond this. The largest that are known have 20 MB. */
export const mostHeaderBytes = 256 * 2 ** 20;
const mostDimensions = 4;

/** A folded list of texts or lists whose values are walked one by one. */
interface WalkedList extends FoldedList {
  readonly key: string;
  /** Of the entry. */
  readonly start: number;
  left: number;
}

/**
 * Parses a GGUF header piece by piece, as its bytes come to hand. Goes on where it stopped, and wants no bytes of values
 * that it folds where it can leap over them. Source of the layout: docs/gguf.md of ggml.
 */
export class HeaderParser {
  readonly #name: string;
  readonly #folding: Folding;
  readonly #values = new Map<string, MetadataValue>();
  readonly #entries = new Map<string, HeaderEntry>();
  readonly #tensors: TensorInfo[] = [];
  readonly #tensorNames = new Set<string>();
  #beginning: Beginning | undefined;
  #problem: HumanError | undefined;
  #walked: WalkedList | undefined;
  #entriesRead = 0;
  #budget = { kept: 0 };
  /** Everything before is done. */
  #position = 0;

  constructor(
    private readonly fileBytes: number,
    { name = "The file", longest = Infinity, longestText = Infinity, whole }: ParseOptions = {},
  ) {
    this.#name = name;
    this.#folding = { longest, longestText, ...(whole && { whole }) };
  }

  /** Takes bytes that begin where it wants them, or before. Throws a HumanError for what is no header. */
  take(bytes: Uint8Array, start: number): ParsedHeader | WantedBytes {
    try {
      return this.#parse({ bytes, start, fileBytes: this.fileBytes });
    } catch (error) {
      if (error instanceof DamagedValue) throw this.#damaged(error.message);
      if (!(error instanceof EndOfBytes)) throw error;
      if (error.end > this.fileBytes) throw new HumanError("truncated", `${this.#name} is cut off inside its header. Download or copy it again.`);
      if (error.end > mostHeaderBytes) throw this.#damaged("it is longer than any model's");
      return { offset: this.#position, bytes: error.end - this.#position };
    }
  }

  #parse(window: ByteWindow): ParsedHeader {
    this.#beginning ??= this.#begin(window);
    const { layout, entries, tensors } = this.#beginning;
    const cursor = new ByteCursor(window, layout, this.#position);
    const reader = new MetadataReader(cursor, this.#folding, this.#budget);
    if (this.#walked) this.#walk(cursor, reader, this.#walked);
    while (this.#entriesRead < entries) this.#entry(cursor, reader);
    while (this.#tensors.length < tensors) this.#tensor(cursor);
    return this.#header(this.#beginning);
  }

  #begin(window: ByteWindow): Beginning {
    const beginning = readBeginning(window, this.#name);
    this.#position = beginning.end;
    this.#tell(formatProblem(beginning, this.#name));
    return beginning;
  }

  #entry(cursor: ByteCursor, reader: MetadataReader): void {
    const start = cursor.position;
    const { kept } = this.#budget;
    try {
      const key = cursor.text();
      const type = reader.type();
      if (type !== "array") return this.#keep(cursor, key, start, type, reader.single(type));
      const head = reader.listHead();
      const offset = cursor.position;
      const folded = reader.folds(key, head);
      const values = reader.values(head, folded);
      if (!folded) return this.#keep(cursor, key, start, type, values, head.element);
      this.#walked = { kind: "folded", ...head, first: values, offset, bytes: 0, key, start, left: head.length - values.length };
    } catch (error) {
      this.#budget.kept = kept;
      throw error;
    }
    this.#walk(cursor, reader, this.#walked);
  }

  #walk(cursor: ByteCursor, reader: MetadataReader, list: WalkedList): void {
    this.#position = cursor.position;
    if (list.element === "string") {
      list.left = cursor.skipTexts(list.left);
      this.#position = cursor.position;
      // The next length is not at hand.
      if (list.left > 0) cursor.count();
    } else if (list.element !== "array") {
      reader.skipValues(list.element, list.left);
    } else {
      for (; list.left > 0; list.left--) {
        reader.skipList();
        this.#position = cursor.position;
      }
    }
    const { kind, element, length, first, offset, key, start } = list;
    this.#walked = undefined;
    this.#keep(cursor, key, start, "array", { kind, element, length, first, offset, bytes: cursor.position - offset }, element);
  }

  #keep(cursor: ByteCursor, key: string, start: number, type: ValueType, value: MetadataValue, element?: ValueType): void {
    if (this.#values.has(key)) this.#tell(this.#damaged(`the key ${brief(key)} twice`));
    this.#values.set(key, value);
    this.#entries.set(key, { type, ...(element && { element }), bytes: cursor.position - start });
    this.#entriesRead++;
    this.#position = cursor.position;
  }

  #tensor(cursor: ByteCursor): void {
    const name = cursor.text();
    const dimensions = cursor.uint32();
    if (dimensions < 1 || dimensions > mostDimensions) throw this.#damaged(`a tensor with ${dimensions} dimensions`);
    const shape = Array.from({ length: dimensions }, () => cursor.count());
    const type = cursor.uint32();
    const offset = cursor.uint64();
    if (this.#tensorNames.has(name)) this.#tell(this.#damaged(`the tensor ${brief(name)} twice`));
    this.#tensorNames.add(name);
    this.#tensors.push(this.#orTell(() => tensorInfo(name, type, shape, offset)) ?? { name, type: `type ${type}`, shape, bytes: 0, offset });
    this.#position = cursor.position;
  }

  #header({ version, layout }: Beginning): ParsedHeader {
    const metadata = Object.fromEntries(this.#values);
    const alignment = this.#alignment();
    const header = { version, bigEndian: !layout.littleEndian, metadata, entries: this.#entries, tensors: this.#tensors, alignment, dataOffset: aligned(this.#position, alignment) };
    // The first part of a split model may have metadata only.
    const split = Number(this.#values.get("split.count") ?? 1) > 1;
    if (header.tensors.length === 0 && !split) this.#tell(new HumanError("notGguf", `${this.#name} has no tensors: it is not a model.`));
    this.#orTell(() => checkComplete(header, this.fileBytes));
    return { ...header, ...(this.#problem && { problem: this.#problem }) };
  }

  #alignment(): number {
    const key = "general.alignment";
    const [value, type] = [this.#values.get(key), this.#entries.get(key)?.type];
    if (type === undefined) return defaultAlignment;
    if (type === "u32" && Number.isInteger(Math.log2(Number(value)))) return Number(value);
    this.#tell(this.#damaged(type === "u32" ? `an alignment of ${Number(value)}` : `an alignment of type ${type}`));
    return defaultAlignment;
  }

  /** The first problem is the one that is told. */
  #tell(problem: HumanError | undefined): void {
    this.#problem ??= problem;
  }

  #orTell<R>(work: () => R): R | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof HumanError)) throw error;
      this.#tell(error);
      return undefined;
    }
  }

  #damaged(what: string): HumanError {
    return new HumanError("notGguf", `${this.#name} has a damaged header (${what}). Download or copy it again.`);
  }
}
