import { HumanError } from "../../protocol/humanError";
import type { Architecture } from "./architecture";
import { gemma, gemma2, gemma3 } from "./architectures/gemma";
import { llama } from "./architectures/llama";
import { phi2, phi3 } from "./architectures/phi";
import { qwen2, qwen3 } from "./architectures/qwen";
import type { JsonObject } from "./checkpoint";
import { type Hyperparameters, objectOf } from "./hyperparameters";
import { shown } from "./shown";

const families: readonly Architecture[] = [llama, qwen2, qwen3, phi2, phi3, gemma, gemma2, gemma3];
const names = "Llama, Mistral, Qwen 2 and 3, Phi 2 to 4, Gemma 1 to 3";

/** The family of a checkpoint by its config.json. Throws for others, and for variants that llama.cpp computes differently. */
export function architectureOf(config: JsonObject, model: Hyperparameters): Architecture {
  const said = firstOf(config.architectures) ?? firstOf(objectOf(config.text_config).architectures);
  if (said === undefined) throw new HumanError("notReadable", `config.json does not say what kind of model this is ("architectures"). These can be converted: ${names}.`);
  const architecture = families.find(({ classes }) => classes.includes(said));
  if (!architecture) throw new HumanError("unsupported", `Models of the kind ${shown(said)} cannot be converted. These can: ${names}.`);
  checkVariant(architecture, model);
  return architecture;
}

function checkVariant({ activations, name }: Architecture, model: Hyperparameters): void {
  if ((model.optionalNumber("num_local_experts", "num_experts") ?? 0) > 1) throw new HumanError("unsupported", "Models with several experts (mixture of experts) cannot be converted.");
  const activation = model.text("hidden_activation") ?? model.text("hidden_act");
  if (activation !== undefined && !activations.includes(activation)) {
    throw new HumanError("unsupported", `This model computes with ${shown(activation)}, where llama.cpp computes ${name} with ${activations[0]}: it would answer nonsense.`);
  }
  const rotated = model.optionalNumber("partial_rotary_factor") ?? 1;
  if (rotated !== 1 && !name.startsWith("phi")) throw new HumanError("unsupported", `This model rotates ${rotated} of each head, where llama.cpp rotates all of ${name}: it would answer nonsense.`);
}

function firstOf(list: unknown): string | undefined {
  return Array.isArray(list) && typeof list[0] === "string" ? list[0] : undefined;
}
