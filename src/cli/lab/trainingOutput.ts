import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { Invocation } from "../command";
import { checkPlace } from "../outputPlace";

/** What --out says, else beside the student. */
export function trainingOutput({ services }: Invocation, student: ModelFile, out: string | undefined, kind: "distil" | "lora", adapter: boolean): string {
  if (out !== undefined && !/\.gguf$/i.test(out)) throw new HumanError("badArgument", `--out takes a name that ends in .gguf, not "${out}".`);
  checkPlace(student, out);
  return out ?? services.lab.training.outputPath(student, kind, adapter);
}
