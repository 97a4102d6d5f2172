import type { ModelFile } from "../../protocol/model";
import type { Inspection, MetadataRow, TensorRow } from "../../protocol/modelPanels";
import { bitsPerWeight, type ParsedHeader, type TensorInfo } from "../gguf/header";
import { tensorPlace } from "../gguf/tensorNames";
import { shownValue } from "./shownValue";

/** All that a header tells, in the order of the file. */
export function inspectionOf(model: ModelFile, header: ParsedHeader): Inspection {
  return {
    model,
    version: header.version,
    bigEndian: header.bigEndian,
    bitsPerWeight: bitsPerWeight(header),
    metadata: [...header.entries].map(([key, { type, element }]): MetadataRow => ({ key, type, value: shownValue(header.metadata[key]!, type, element) })),
    tensors: header.tensors.map(tensorRow),
  };
}

function tensorRow({ name, type, shape, bytes }: TensorInfo): TensorRow {
  const weights = shape.reduce((product, size) => product * size, 1);
  return { name, type, shape, bytes, bitsPerWeight: (8 * bytes) / Math.max(1, weights), ...tensorPlace(name) };
}
