import { readFileSync, writeFileSync } from "node:fs";
import { ggufHeaderBytes, type MetadataEntry, padding } from "../../src/core/gguf/writer";
import { readHeader } from "../../src/runtime/gguf/headerFile";

export interface SmallTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** 32-bit floats, whatever the type is called; too many are no harm. */
  readonly values: readonly number[];
  readonly type?: string;
}

/** A GGUF file of a few numbers; no model that anything could load. */
export function writeSmallFile(path: string, tensors: readonly SmallTensor[], metadata: readonly MetadataEntry[] = []): string {
  const architecture: MetadataEntry = { key: "general.architecture", type: "string", value: "llama" };
  const parts = [ggufHeaderBytes({ metadata: [architecture, ...metadata], tensors: tensors.map(({ name, shape, type = "F32" }) => ({ name, shape, type })) })];
  for (const { values } of tensors) {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    parts.push(bytes, padding(bytes.length));
  }
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

export function writeSmallAdapter(path: string, tensors: readonly SmallTensor[], alpha: number): string {
  return writeSmallFile(path, tensors, [
    { key: "general.type", type: "string", value: "adapter" },
    { key: "adapter.type", type: "string", value: "lora" },
    { key: "adapter.lora.alpha", type: "f32", value: alpha },
  ]);
}

/** The numbers of a tensor of 32-bit floats. */
export function floatsOf(path: string, name: string): readonly number[] {
  const { tensors, dataOffset } = readHeader(path);
  const tensor = tensors.find((each) => each.name === name);
  if (tensor?.type !== "F32") throw new Error(`${name} is ${tensor?.type}.`);
  const bytes = readFileSync(path).subarray(dataOffset + tensor.offset, dataOffset + tensor.offset + tensor.bytes);
  return [...new Float32Array(Uint8Array.from(bytes).buffer)];
}
