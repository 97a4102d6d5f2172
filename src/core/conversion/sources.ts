import { HumanError } from "../../protocol/humanError";
import type { Architecture, TensorRule } from "./architecture";
import type { Checkpoint, SourceTensor } from "./checkpoint";
import { isGptqPart } from "./gptq/gptqLinear";
import { andOthers, shown } from "./shown";

/** Positions and masks that older checkpoints keep, and that follow from config.json. */
const derived = [".attention.masked_bias", ".attention.bias", ".rotary_emb.inv_freq"];

/** The tensors of a checkpoint by the names that rules use, ticked off as they are taken. */
export class Sources {
  readonly #left = new Map<string, SourceTensor>();
  /** The checkpoint under those names. */
  readonly checkpoint: Checkpoint;

  constructor(checkpoint: Checkpoint, { ignored = [] }: Architecture) {
    const { tensors } = checkpoint;
    const names = [...tensors.keys()];
    // A model without its head is kept without the "model." that the head's checkpoint begins names with.
    const bare = !names.some((name) => plainName(name).startsWith("model."));
    for (const [name, tensor] of tensors) {
      const plain = plainName(name);
      if (derived.some((end) => plain.endsWith(end)) || ignored.some((start) => plain.startsWith(start))) continue;
      const key = bare && !plain.startsWith("lm_head.") ? `model.${plain}` : plain;
      if (this.#left.has(key)) throw new HumanError("notReadable", `The checkpoint has ${shown(name)} twice: it is damaged. Download it again.`);
      this.#left.set(key, tensor);
    }
    this.checkpoint = { ...checkpoint, tensors: new Map(this.#left) };
  }

  isQuantized({ source }: TensorRule): boolean {
    return source.endsWith(".weight") && this.#left.has(source.replace(/weight$/, "qweight"));
  }

  tickQuantized({ source }: TensorRule): void {
    const prefix = source.replace(/\.weight$/, "");
    for (const name of [...this.#left.keys()]) if (name.startsWith(`${prefix}.`) && isGptqPart(name)) this.#left.delete(name);
  }

  take({ source, shape, optional }: TensorRule): SourceTensor | undefined {
    const tensor = this.#left.get(source);
    if (!tensor) {
      if (optional) return undefined;
      throw new HumanError("notReadable", `The checkpoint has no ${shown(source)}, which a model of its kind has: a file is missing or cut off. Download it again.`);
    }
    if (tensor.shape.length !== shape.length || tensor.shape.some((count, index) => count !== shape[index])) {
      throw new HumanError("notReadable", `${shown(source)} is ${tensor.shape.join(" × ") || "a single number"}, but by config.json it should be ${shape.join(" × ")}: they do not belong together.`);
    }
    this.#left.delete(source);
    return tensor;
  }

  checkNoneLeft(): void {
    const left = [...this.#left.keys()];
    if (left.length === 0) return;
    const adapter = left.find((name) => /lora_[ab]|modules_to_save/i.test(name));
    if (adapter) throw new HumanError("unsupported", `The checkpoint holds an adapter (${shown(adapter)}), not a model: merge it into its base model first.`);
    throw new HumanError("unsupported", `The checkpoint has ${shown(left[0]!)}${andOthers(left.length)}, which a model of its kind does not have: it is of a variant that cannot be converted.`);
  }
}

/** Models that also see keep their text part under this name. */
function plainName(name: string): string {
  return name.replace("language_model.", "");
}
