import type { GgufHeader } from "../../core/gguf/header";
import { readGgufLayout } from "./ggufLayout";

/**
 * The header of a model with all its metadata. The bounded reader checks the file first, because the reader of
 * node-llama-cpp, which also reads lists, trusts every length that it meets.
 * Throws a HumanError that says what is wrong with the file.
 */
export async function readHeader(path: string): Promise<GgufHeader> {
  const { tensors, dataOffset, scalars } = readGgufLayout(path);
  const { readGgufFileInfo } = await import("node-llama-cpp");
  const { version, metadata } = await readGgufFileInfo(path, {
    sourceType: "filesystem",
    readTensorInfo: false,
    spliceSplitFiles: false,
    logWarnings: false,
  });
  return { version, metadata: { ...flat(metadata), ...Object.fromEntries(scalars) }, tensors, dataOffset };
}

/** Nested objects as the dotted keys that the file has. */
function flat(nested: object, prefix = ""): Record<string, unknown> {
  const keys: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(nested)) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) Object.assign(keys, flat(value, `${prefix}${name}.`));
    else keys[prefix + name] = value;
  }
  return keys;
}
