import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { CompressionRecipe, RecipeStep } from "../../protocol/recipe";

/** All paths against the folder of the recipe's file. */
export function withAbsolutePaths(recipe: CompressionRecipe, folder: string): CompressionRecipe {
  return withPaths(recipe, (path) => resolve(folder, path));
}

/** As they are written in a file in that folder: `/` between names on every system; what lies on another drive stays absolute. */
export function withRelativePaths(recipe: CompressionRecipe, folder: string): CompressionRecipe {
  return withPaths(recipe, (path) => {
    const inside = relative(folder, path);
    return isAbsolute(inside) || inside === "" ? path : inside.replaceAll("\\", "/");
  });
}

/** Absolute paths that a recipe reads from outside of the folder of its file: a stranger's recipe should not read them unasked. */
export function pathsOutside(recipe: CompressionRecipe, file: string): readonly string[] {
  const found: string[] = [];
  withPaths(recipe, (path) => {
    const inside = relative(dirname(file), path);
    if (isAbsolute(inside) || inside === ".." || /^\.\.[\\/]/.test(inside)) found.push(path);
    return path;
  });
  return found;
}

function withPaths(recipe: CompressionRecipe, change: (path: string) => string): CompressionRecipe {
  return {
    ...recipe,
    ...(recipe.model !== undefined && { model: change(recipe.model) }),
    ...(recipe.text !== undefined && { text: change(recipe.text) }),
    steps: recipe.steps.map((step) => stepWithPaths(step, change)),
  };
}

function stepWithPaths(step: RecipeStep, change: (path: string) => string): RecipeStep {
  switch (step.kind) {
    case "distil":
      return step.teacher === undefined ? step : { ...step, teacher: change(step.teacher) };
    case "lora":
      return step.examples === undefined ? step : { ...step, examples: change(step.examples) };
    case "merge":
      return { ...step, adapter: change(step.adapter) };
    default:
      return step;
  }
}
