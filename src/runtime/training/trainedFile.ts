import { adapterMetadata } from "../../core/training/adapterFile";
import { metadataString } from "../../core/gguf/header";
import { changedEntries, metadataEntries } from "../../core/gguf/rewrite";
import type { WrittenTensor } from "../../core/gguf/writer";
import { lineageEntries } from "../compression/lineageMetadata";
import type { ProducedFile, ProducedTensor } from "../gguf/ggufOutput";
import { ranges, type TensorFile } from "../gguf/tensorFile";
import type { WeightRows } from "../gguf/weightRows";

/** The student with 32-bit weights, which can learn. */
export function floatStudent(rows: WeightRows, student: TensorFile): ProducedFile {
  const { header } = student;
  return {
    metadata: metadataEntries(header),
    alignment: header.alignment,
    tensors: header.tensors.map((tensor): ProducedTensor => ({
      name: tensor.name,
      type: "F32",
      shape: tensor.shape,
      async *produce() {
        for (const range of ranges(tensor)) yield bytesOf(rows.restore(tensor.type, await student.read(tensor, range), tensor.shape[0]!));
      },
    })),
  };
}

/** The student with what it has learnt, every tensor in the type that it had. */
export function trainedStudent(rows: WeightRows, student: TensorFile, values: TensorFile, step: string): ProducedFile {
  const { header, path } = student;
  return {
    metadata: changedEntries(metadataEntries(header), lineageEntries(path, header.metadata, step)),
    alignment: header.alignment,
    tensors: header.tensors.map((tensor): ProducedTensor => {
      const learnt = values.find(tensor.name);
      return { name: tensor.name, type: tensor.type, shape: tensor.shape, produce: () => (learnt ? inType(rows, values, learnt.name, tensor) : student.copy(tensor)) };
    }),
  };
}

/** The adapter in 16 bits, which halves it and costs nothing that shows. */
export function trainedAdapter(rows: WeightRows, student: TensorFile, values: TensorFile, alpha: number, step: string): ProducedFile {
  const { header, path } = student;
  return {
    metadata: [...adapterMetadata(metadataString(header, "general.architecture") ?? "", alpha), ...lineageEntries(path, header.metadata, step)],
    tensors: values.header.tensors.map((tensor): ProducedTensor => {
      const written: WrittenTensor = { name: tensor.name, type: "F16", shape: tensor.shape };
      return { ...written, produce: () => inType(rows, values, tensor.name, written) };
    }),
  };
}

async function* inType(rows: WeightRows, values: TensorFile, name: string, { type, shape }: WrittenTensor): AsyncIterable<Uint8Array> {
  const tensor = values.find(name)!;
  for (const range of ranges(tensor)) {
    const stored = await values.read(tensor, range);
    yield type === "F32" ? stored : await rows.quantize(type, rows.restore("F32", stored, shape[0]!), shape[0]!);
  }
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
