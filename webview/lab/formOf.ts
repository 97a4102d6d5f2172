import type { RecipeStep } from "../../src/protocol/recipe";
import { LearnForm } from "./learnForm";
import { MergeForm } from "./mergeForm";
import { PruneForm } from "./pruneForm";
import { QuantizeForm } from "./quantizeForm";
import { SparsifyForm } from "./sparsifyForm";
import type { StepContext, StepForm, StepListeners } from "./stepForm";

/** The settings of a step of that kind; `update` is given steps of no other. */
export function formOf(kind: RecipeStep["kind"], listeners: StepListeners<RecipeStep>): StepForm<RecipeStep> {
  switch (kind) {
    case "prune": return only(kind, new PruneForm(listeners));
    case "sparsify": return only(kind, new SparsifyForm(listeners));
    case "quantize": return only(kind, new QuantizeForm(listeners));
    case "distil": return only(kind, new LearnForm("distil", listeners));
    case "lora": return only(kind, new LearnForm("lora", listeners));
    case "merge": return only(kind, new MergeForm(listeners));
  }
  return kind satisfies never;
}

function only<S extends RecipeStep>(kind: S["kind"], form: StepForm<S>): StepForm<RecipeStep> {
  return {
    element: form.element,
    update(step: RecipeStep, context: StepContext): void {
      if (isKind<S>(step, kind)) form.update(step, context);
    },
  };
}

function isKind<S extends RecipeStep>(step: RecipeStep, kind: S["kind"]): step is S {
  return step.kind === kind;
}
