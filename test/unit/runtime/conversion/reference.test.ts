import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { HeaderEntry } from "../../../../src/core/gguf/header";
import { parseGguf } from "../../../../src/core/gguf/parse";
import type { ConversionType } from "../../../../src/protocol/rpc";
import { convert } from "../../../../src/runtime/conversion/converter";
import { writeCheckpoint } from "../../../checkpoint";
import { referenceCheckpoints } from "../../../referenceCheckpoints";

/** What llama.cpp's converter made of the same checkpoint (scripts/conversion/reference.py). */
interface Reference {
  readonly metadata: Readonly<Record<string, readonly [type: string, value: unknown]>>;
}
interface ReferenceFile {
  readonly fileType: number;
  readonly tensors: Readonly<Record<string, readonly [type: string, shape: readonly number[], sha256: string]>>;
}

const folder = mkdtempSync(join(tmpdir(), "decant-reference-"));
afterAll(() => rmSync(folder, { recursive: true }));

const types: readonly ConversionType[] = ["auto", "F16", "F32", "BF16", "Q8_0"];
/** What Decant notes besides. */
const own = ["decant.step", "decant.parent", "decant.base"];

function reference(name: string): Reference & Record<ConversionType, ReferenceFile> {
  return JSON.parse(readFileSync(join(__dirname, "../../../fixtures/conversion", `${name}.json`), "utf8")) as Reference & Record<ConversionType, ReferenceFile>;
}

async function converted(name: string, type: ConversionType) {
  const input = writeCheckpoint(join(folder, name), referenceCheckpoints[name]);
  const output = join(folder, `${name}-${type}.gguf`);
  rmSync(output, { force: true });
  await convert({ input, output, type }, () => undefined, new AbortController().signal);
  const bytes = readFileSync(output);
  const parsed = parseGguf(bytes, bytes.length, { longest: Infinity });
  if ("needs" in parsed) throw new Error("The header is not whole.");
  return { bytes, header: parsed.header };
}

/** As the fixtures have it: long lists as the hash of their JSON. */
function plain(value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= 20) return value;
  return { length: value.length, sha256: hash(Buffer.from(JSON.stringify(value))) };
}

/** As gguf-py calls the types of values. */
function typeName({ type, element }: HeaderEntry): string {
  const long = (short: string): string => short.replace(/^u(\d+)$/, "uint$1").replace(/^i(\d+)$/, "int$1").replace(/^f(\d+)$/, "float$1");
  return element === undefined ? long(type) : `${type} ${long(element)}`;
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe.each(Object.keys(referenceCheckpoints))("%s", (name) => {
  const expected = reference(name);
  // llama.cpp's converter makes F16 of F32 unless told otherwise; Decant keeps what there is.
  const auto = referenceCheckpoints[name]?.dtype === "F32" ? "F32" : "auto";

  it("gets the metadata that llama.cpp's converter writes", async () => {
    const { header } = await converted(name, "auto");
    const metadata = Object.fromEntries([...header.entries].filter(([key]) => !own.includes(key)).map(([key, entry]) => [key, [typeName(entry), plain(header.metadata[key])]]));
    expect(metadata).toEqual({ ...expected.metadata, "general.file_type": ["uint32", expected[auto].fileType] });
  });

  it.each(types)("gets the same tensors as %s, byte by byte", async (type) => {
    const { bytes, header } = await converted(name, type);
    const tensors = Object.fromEntries(header.tensors.map((tensor) => {
      const start = header.dataOffset + tensor.offset;
      return [tensor.name, [tensor.type, tensor.shape, hash(bytes.subarray(start, start + tensor.bytes))]];
    }));
    const { tensors: expectedTensors, fileType } = expected[type === "auto" ? auto : type];
    expect(tensors).toEqual(expectedTensors);
    expect(header.metadata["general.file_type"]).toBe(fileType);
  });
});
