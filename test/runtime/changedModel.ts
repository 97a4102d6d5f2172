import { closeSync, copyFileSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import { changedEntries, metadataEntries } from "../../src/core/gguf/rewrite";
import { ggufHeaderBytes, type MetadataEntry } from "../../src/core/gguf/writer";
import { readHeader } from "../../src/runtime/gguf/headerFile";

/** A copy of a model in which the bytes of some tensors are others. */
export function withTensors(model: string, output: string, change: (name: string, bytes: Buffer) => Buffer | undefined): string {
  copyFileSync(model, output);
  const { tensors, dataOffset } = readHeader(model);
  const file = openSync(output, "r+");
  try {
    for (const { name, offset, bytes } of tensors) {
      const before = Buffer.alloc(bytes);
      readSync(file, before, 0, bytes, dataOffset + offset);
      const after = change(name, before);
      if (after) writeSync(file, after, 0, bytes, dataOffset + offset);
    }
    return output;
  } finally {
    closeSync(file);
  }
}

/** A copy in which these blocks do nothing: they add zeros to the hidden state. */
export function withIdleBlocks(model: string, output: string, blocks: readonly number[]): string {
  return withTensors(model, output, (name, bytes) => {
    const block = Number(/^blk\.(\d+)\.(attn_output|ffn_down)\./.exec(name)?.[1] ?? -1);
    return blocks.includes(block) ? bytes.fill(0) : undefined;
  });
}

/** A copy with other metadata. */
export function withMetadata(model: string, output: string, changes: readonly MetadataEntry[], removed: readonly string[] = []): string {
  const header = readHeader(model);
  const bytes = ggufHeaderBytes({ metadata: changedEntries(metadataEntries(header), changes, removed), tensors: header.tensors, alignment: header.alignment });
  writeFileSync(output, Buffer.concat([bytes, readFileSync(model).subarray(header.dataOffset)]));
  return output;
}

/** The bytes of a tensor. */
export function tensorOf(model: string, name: string): Buffer {
  const { tensors, dataOffset } = readHeader(model);
  const tensor = tensors.find((each) => each.name === name);
  if (!tensor) throw new Error(`${model} has no ${name}.`);
  return readFileSync(model).subarray(dataOffset + tensor.offset, dataOffset + tensor.offset + tensor.bytes);
}
