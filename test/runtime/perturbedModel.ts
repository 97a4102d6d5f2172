import { metadataEntries } from "../../src/core/gguf/rewrite";
import { normalNumbers } from "../../src/core/adapters/normalNumbers";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { writeGguf } from "../../src/runtime/gguf/ggufOutput";
import { ranges, TensorFile } from "../../src/runtime/gguf/tensorFile";
import { WeightRows } from "../../src/runtime/gguf/weightRows";

/** Tensors that change, and by how much: the deviation of what is added to each weight. */
export interface Perturbation {
  readonly tensors: RegExp;
  readonly amount: number;
}

/** Writes a copy of a model, its matrices in `type`, with random numbers added, the same ones every time: a model as if it had been tuned. */
export async function writePerturbed(input: string, output: string, type: string, { tensors, amount }: Perturbation = { tensors: /^$/, amount: 0 }): Promise<string> {
  const file = await TensorFile.open(input);
  const weights = new WeightRows(openNativeLibrary());
  let seed = 20_241_122;
  try {
    await writeGguf(output, [input], {
      metadata: metadataEntries(file.header),
      tensors: file.header.tensors.map((tensor) => {
        const written = tensor.shape.length > 1 ? type : tensor.type;
        return {
          name: tensor.name, type: written, shape: tensor.shape,
          async *produce() {
            for (const range of ranges(tensor)) {
              const columns = tensor.shape[0]!;
              const floats = weights.restore(tensor.type, await file.read(tensor, range), columns);
              if (tensors.test(tensor.name)) normalNumbers(floats.length, seed++).forEach((value, index) => (floats[index]! += amount * value));
              yield await weights.quantize(written, floats, columns);
            }
          },
        };
      }),
    }, () => undefined, new AbortController().signal);
    return output;
  } finally {
    weights.dispose();
    await file.close();
  }
}
